package dev.internalevents.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.store.duckdb.DuckDbEventStore;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuckDbEventStoreTest {

    @Nested
    class InFile extends EventStoreContract {

        @TempDir
        Path folder;

        @Override
        protected EventStore open() {
            return DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS);
        }

        @Test
        void everything_is_there_again_after_the_next_open() throws Exception {
            Events events = events().add(Map.of("e", "pv", "eid", id(1), "page", "title"))
                    .add(Map.of("e", "nonsense"));
            write(events);
            store.close();
            store = open();

            assertThat(numbers(EventQuery.ALL)).containsExactly(2L, 1L);
            assertThat(store.progress(Events.SPOOL)).isEqualTo(events.progress());
            assertThat(store.withNumber(1).orElseThrow().event().atomic())
                    .isEqualTo(events.events().get(0).event().atomic());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("events.duckdb"))))
                    .isEqualTo("rw-------");
        }

        @Test
        void a_second_process_is_told_that_it_is_in_use() {
            assertThatThrownBy(() -> DuckDbEventStore.inFile(
                            folder.resolve("nowhere/x.duckdb"), DuckDbEventStore.Settings.DEFAULTS))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot be opened");
        }

        @Test
        void a_damaged_file_is_said_with_what_to_do() throws Exception {
            store.close();
            Files.write(
                    folder.resolve("broken.duckdb"),
                    "this is no database, or was one".getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> DuckDbEventStore.inFile(
                            folder.resolve("broken.duckdb"), DuckDbEventStore.Settings.DEFAULTS))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("broken.duckdb")
                    .hasMessageContaining("wait in the spool");
            store = open();
        }

        @Test
        void the_oldest_go_when_the_file_is_too_large() {
            Events events = events();
            for (int i = 0; i < 5_000; i++) {
                events.add(Map.of("e", "pv", "page", "title " + i));
            }
            write(events);

            store.retain(new Retention(null, 1, Duration.ofDays(1)), Ages.at(Events.START.plusSeconds(9_000)));

            assertThat(store.summary(null).total()).isZero();
            assertThat(store.summary(null).evicted()).isEqualTo(5_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Infinity", "-Infinity", "NaN"})
    void a_number_that_an_earlier_version_stored_as_infinity_is_no_value(String stored, @TempDir Path folder)
            throws Exception {
        Path file = folder.resolve("events.duckdb");
        try (DuckDbEventStore store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS)) {
            write(
                    store,
                    new Events(0)
                            .add(Map.of("e", "se", "p", "web", "se_ca", "c", "se_ac", "a", "se_va", "1"))
                            .add(Map.of("e", "se", "p", "web", "se_ca", "c", "se_ac", "b", "se_va", "2")));
        }
        change(file, "UPDATE event SET se_value = '" + stored + "' WHERE number = 1");

        try (DuckDbEventStore store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS)) {
            assertThat(store.find(EventQuery.ALL.sortedBy("se_value", EventQuery.Direction.DESCENDING), 0, 10))
                    .hasSize(2);
            assertThat(store.withNumber(1).orElseThrow().event().atomic())
                    .containsEntry("se_action", "a")
                    .doesNotContainKey("se_value");
            assertThat(store.withNumber(2).orElseThrow().event().atomic())
                    .containsEntry("se_value", new BigDecimal("2"));
            assertThat(store.columnStats(List.of("se_value"), null)).containsKey("se_value");
            assertThat(store.unreadable()).isZero();
        }
    }

    @Test
    void a_row_that_cannot_be_read_hides_no_other(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("events.duckdb");
        int all = 60;
        try (DuckDbEventStore store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS)) {
            Events events = new Events(0);
            for (int i = 0; i < all; i++) {
                events.add(Map.of("e", i % 2 == 0 ? "pv" : "nonsense", "p", "web", "uid", "user" + i % 3));
            }
            write(store, events);
        }
        // Damage more than a page of events at the beginning, in the middle and at the end.
        change(file, "UPDATE event SET parameters = '{' WHERE number <= 20 OR number BETWEEN 30 AND 40 OR number > 55");

        try (DuckDbEventStore store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS)) {
            List<Long> readable = LongStream.rangeClosed(1, all)
                    .filter(number -> number > 20 && (number < 30 || number > 40) && number <= 55)
                    .boxed()
                    .toList();
            List<Long> read = new ArrayList<>();
            EventQuery query = EventQuery.ALL.oldestFirst();
            List<StoredEvent> page = store.find(query, 0, 7, 1 << 20);
            while (!page.isEmpty()) {
                page.forEach(event -> read.add(event.number()));
                page = store.find(query.after(read.get(read.size() - 1)), 0, 7, 1 << 20);
            }
            assertThat(read).isEqualTo(readable);
            assertThat(store.withNumber(1)).isEmpty();
            assertThat(store.withNumber(21)).isPresent();
            assertThat(store.unreadable()).isEqualTo(all - readable.size());

            PersonMatch persons = new PersonMatch(new Persons(Set.of("user1"), Set.of()));
            PersonRemoval removal = store.removal(persons, RawRequests.sealedBy(null));
            assertThat(removal.remove().events()).isEqualTo(all / 3);
            assertThat(store.count(EventQuery.ALL.where(EventQuery.Filter.equal("user_id", List.of("user1")))))
                    .isZero();
        }
    }

    @Test
    void a_file_that_is_deleted_while_it_is_in_use_is_reported(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("events.duckdb");
        try (DuckDbEventStore store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS)) {
            Files.delete(file);

            assertThatThrownBy(() -> write(store, new Events(0).add(Map.of("e", "pv"))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("was deleted or replaced while it was in use");
        }
    }

    @Test
    void a_file_that_cannot_be_examined_is_not_called_deleted(@TempDir Path parent) throws Exception {
        Path folder = Files.createDirectory(parent.resolve("data"));
        try (DuckDbEventStore store =
                DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS)) {
            // A file in the place of the folder: reading the attributes fails, but not because the file does not exist.
            Files.move(folder, parent.resolve("moved"));
            Files.createFile(folder);

            assertThatThrownBy(() -> write(store, new Events(0).add(Map.of("e", "pv"))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot be examined");
        }
    }

    private static void write(DuckDbEventStore store, Events events) {
        while (events.peek() != null) {
            store.write(events);
        }
    }

    /** Changes a store's file directly. */
    private static void change(Path file, String statement) throws Exception {
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:" + file, new Properties());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void a_query_that_takes_too_long_or_is_cancelled_ends(@TempDir Path folder) {
        // The join looks at 10^18 pairs.
        String endless =
                "SELECT count(*) FROM range(1000000000) a(i), range(1000000000) b(j) WHERE hash(i * j) % 10 = 3";
        try (DuckDbEventStore store =
                DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS)) {
            ReadLimit brief = new ReadLimit(Duration.ofMillis(1));
            ReadLimit unused = new ReadLimit();
            ReadLimit cancelled = new ReadLimit();
            cancelled.cancel();
            ReadLimit left = new ReadLimit();
            CompletableFuture<Void> leaves = new CompletableFuture<>();
            var leaving = leaves.thenRunAsync(left::cancel);

            assertThatThrownBy(() -> brief.apply(() -> rows(store, endless)))
                    .isInstanceOf(ReadLimit.ExceededException.class)
                    .hasMessageContaining("was cancelled");
            assertThatThrownBy(() -> cancelled.apply(() -> store.count(EventQuery.ALL)))
                    .isInstanceOf(ReadLimit.ExceededException.class);
            assertThatThrownBy(() -> left.apply(() -> store.read(connection -> {
                        leaves.complete(null);
                        try (Statement sql = connection.createStatement()) {
                            return sql.executeQuery(endless).next();
                        }
                    })))
                    .isInstanceOf(ReadLimit.ExceededException.class);
            assertThat(leaving).succeedsWithin(Duration.ofMinutes(1));
            assertThat(unused.<Long>apply(() -> store.count(EventQuery.ALL))).isZero();
            assertThat(store.count(EventQuery.ALL)).isZero();
        }
    }

    @Test
    void a_field_that_differs_only_in_case_takes_no_column_from_an_earlier_one(@TempDir Path folder) {
        Path file = folder.resolve("events.duckdb");
        String query = "SELECT count(a), count(data->>'A') FROM contexts_com_optimizely_optimizelyx_summary_1";
        Events events = new Events(0);
        for (String data : List.of("{\"a\":1}", "{\"a\":2}", "{\"A\":3}")) {
            events.add(Map.of(
                    "e",
                    "pv",
                    "co",
                    "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                            + "{\"schema\":\"iglu:com.optimizely.optimizelyx/summary/jsonschema/1-0-0\",\"data\":"
                            + data
                            + "}]}"));
        }
        try (DuckDbEventStore store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS)) {
            write(store, events);
            assertThat(rows(store, query)).containsExactly("2|1");
        }
        try (DuckDbEventStore store = DuckDbEventStore.inFile(file, DuckDbEventStore.Settings.DEFAULTS)) {
            assertThat(rows(store, query)).containsExactly("2|1");
        }
    }

    @Test
    void people_query_views_with_names_of_the_field(@TempDir Path folder) throws Exception {
        try (DuckDbEventStore store =
                DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS)) {
            Events events = new Events(0)
                    .add(Map.of(
                            "e",
                            "se",
                            "se_ca",
                            "c",
                            "se_ac",
                            "a",
                            "eid",
                            EventStoreContract.id(1),
                            "co",
                            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                                    + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":"
                                    + "{\"environment\":\"production\",\"user_id\":7}}]}"))
                    .add(Map.of("e", "nonsense"));
            while (events.peek() != null) {
                store.write(events);
            }

            assertThat(rows(store, "SELECT se_action, event_id, page_title FROM events"))
                    .containsExactly("a|" + EventStoreContract.id(1) + "|null");
            assertThat(rows(store, "SELECT environment, user_id FROM contexts_com_gitlab_gitlab_standard_1"))
                    .containsExactly("production|7");
            assertThat(rows(store, "SELECT contexts_com_gitlab_gitlab_standard_1->0->>'environment' FROM events"))
                    .containsExactly("production");
            assertThat(rows(store, "SELECT name, failures->0->>'step' FROM failed_events"))
                    .containsExactly("(e=nonsense)|ATOMIC");
            assertThatThrownBy(() -> rows(store, "SELECT * FROM read_text('/etc/hostname')"))
                    .hasMessageContaining("cannot be read");
        }
    }

    private static List<String> rows(DuckDbEventStore store, String query) {
        return store.read(connection -> {
            List<String> rows = new ArrayList<>();
            try (Statement sql = connection.createStatement();
                    ResultSet found = sql.executeQuery(query)) {
                while (found.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        row.add(String.valueOf(found.getString(i)));
                    }
                    rows.add(String.join("|", row));
                }
            }
            return rows;
        });
    }
}
