package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.protocol.Json;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parquet files without a table format: names, columns, and what is left after a kill between two steps. */
@Tag("slow")
class ParquetFilesTest {

    private static final String COLUMN = "contexts_com_gitlab_gitlab_standard_1";
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    private Path lake;

    private final EventSinks.Owner owner = owner();

    private static EventSinks.Owner owner() {
        return new EventSinks.Owner(UUID.randomUUID(), "host", "/data");
    }

    static SinkSettings in(Path folder) {
        return new SinkSettings(
                folder.toString(),
                null,
                SinkSettings.Format.PARQUET,
                SinkSettings.DEFAULT_COMMIT_EVERY,
                SinkSettings.DEFAULT_COMMIT_BYTES);
    }

    private EventSink open(EventSinks.Owner owner, String schema) {
        return EventSinks.find().open(in(lake), owner, key -> Optional.ofNullable(schema));
    }

    private EventSink open() {
        return open(owner, null);
    }

    private Path good() {
        return lake.resolve("good_events");
    }

    /** Returns good events with numbers from one on, each on a day after the first one. */
    private static List<StoredEvent> onDays(long after, int... days) {
        Events events = new Events(after);
        for (int day : days) {
            events.add(NOON.plus(Duration.ofDays(day)), null, Map.of("e", "se", "se_ca", "c", "se_ac", "a"));
        }
        return events.events();
    }

    private static void write(EventSink sink, List<StoredEvent> events) {
        sink.write(events);
        sink.commit(events.get(events.size() - 1).number());
    }

    private String file(String day, int first, int last) {
        return "collector_date=%s/%s-%012d-%012d.parquet".formatted(day, owner.id(), first, last);
    }

    private List<String> hidden() throws IOException {
        try (Stream<Path> all = Files.list(good())) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("."))
                    .toList();
        }
    }

    @Test
    void a_file_has_the_events_of_one_day_and_its_name_the_first_and_the_last_number() throws Exception {
        try (EventSink sink = open()) {
            sink.write(onDays(0, 0, 0, 1, 0));
            assertThat(Duck.paths(good())).isEmpty();
            sink.commit(4);
        }
        assertThat(Duck.paths(good()))
                .containsExactly(file("2026-11-23", 1, 2), file("2026-11-23", 4, 4), file("2026-11-24", 3, 3));
        assertThat(Duck.rows("SELECT number FROM " + Duck.files(good())
                        + " WHERE collector_date = DATE '2026-11-23' ORDER BY number"))
                .extracting(row -> row.get("number"))
                .containsExactly(1L, 2L, 4L);
        assertThat(Duck.rows("SELECT collector_tstamp, collector_id FROM " + Duck.files(good()) + " WHERE number = 3"))
                .containsExactly(Map.of(
                        "collector_tstamp",
                        NOON.plus(Duration.ofDays(1)),
                        "collector_id",
                        owner.id().toString()));
    }

    @Test
    void a_commit_that_stops_between_two_files_shows_the_first_events_and_is_finished_at_the_next_opening()
            throws Exception {
        Files.createDirectories(good());
        // A file where the folder of the second day should be.
        Path obstacle = Files.createFile(good().resolve("collector_date=2026-11-24"));
        try (EventSink sink = open()) {
            sink.write(onDays(0, 0, 0, 1, 1, 2));
            assertThatThrownBy(() -> sink.commit(5)).isInstanceOf(SinkException.class);
        }
        assertThat(Duck.numbers(good())).containsExactly(1L, 2L);
        Files.delete(obstacle);

        try (EventSink sink = open()) {
            assertThat(sink.place()).isEqualTo(5);
            assertThat(Duck.numbers(good())).containsExactly(1L, 2L, 3L, 4L, 5L);
            write(sink, onDays(0, 0, 0, 1, 1, 2, 2));
        }
        assertThat(Duck.numbers(good())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(hidden()).isEmpty();
    }

    @Test
    void a_reader_sees_every_event_up_to_the_last_number_while_days_change_within_commits() throws Exception {
        AtomicBoolean isDone = new AtomicBoolean();
        try (EventSink sink = open()) {
            write(sink, onDays(0, 0));
            CompletableFuture<List<Long>> reader = CompletableFuture.supplyAsync(() -> read(isDone));
            for (int i = 0; i < 6; i++) {
                write(sink, onDays(1 + 7 * i, 0, 1, 1, 2, 1, 3, 3));
            }
            isDone.set(true);

            assertThat(reader.join()).contains(43L).hasSizeGreaterThan(2);
        }
        assertThat(Duck.numbers(good()))
                .isEqualTo(LongStream.rangeClosed(1, 43).boxed().toList());
    }

    /** Returns the last numbers that were seen; the last one after the end. */
    private List<Long> read(AtomicBoolean isDone) {
        List<Long> seen = new ArrayList<>();
        boolean isLast;
        do {
            isLast = isDone.get();
            Map<String, Object> look = LakeReadersTest.lookAtFiles(good());
            assertThat(look.get("events")).isEqualTo(look.get("place")).isEqualTo(look.get("numbers"));
            seen.add((Long) look.get("place"));
        } while (!isLast);
        return seen.stream().distinct().toList();
    }

    @Test
    void many_late_events_do_not_make_as_many_files() throws Exception {
        int[] days = new int[400];
        for (int i = 0; i < days.length; i++) {
            days[i] = i % 2;
        }
        try (EventSink sink = open()) {
            write(sink, onDays(0, days));
            assertThat(Duck.paths(good())).hasSizeLessThan(40);
            write(sink, onDays(400, days));
        }
        assertThat(Duck.numbers(good()))
                .isEqualTo(LongStream.rangeClosed(1, 800).boxed().toList());
    }

    @Test
    void the_place_is_known_from_the_names_if_everything_else_is_lost() throws Exception {
        try (EventSink sink = open()) {
            write(sink, onDays(0, 0, 1, 0));
        }
        try (Stream<Path> all = Files.walk(lake.resolve(ParquetTable.STATE))) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        try (EventSink sink = open()) {
            assertThat(sink.place()).isEqualTo(3);
            write(sink, onDays(0, 0, 1, 0, 0));
        }
        assertThat(Duck.numbers(good())).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void files_of_earlier_days_can_be_deleted() throws Exception {
        try (EventSink sink = open()) {
            write(sink, onDays(0, 0, 1));
        }
        for (String path : Duck.paths(good())) {
            Files.delete(good().resolve(path));
        }
        try (EventSink sink = open()) {
            assertThat(sink.place()).isEqualTo(2);
            write(sink, onDays(0, 0, 1, 1));
        }
        assertThat(Duck.numbers(good())).containsExactly(3L);
    }

    @Test
    void files_that_a_killed_collector_did_not_finish_are_removed_and_those_of_another_one_stay() throws Exception {
        EventSink killed = open();
        killed.write(onDays(0, 0, 1));
        EventSink other = open(owner(), null);
        other.write(onDays(0, 0, 1, 0));
        // The last file of each is not on the disk yet.
        assertThat(hidden()).hasSize(3);

        try (EventSink sink = open()) {
            assertThat(hidden()).hasSize(2);
            write(sink, onDays(0, 0));
        }
        other.commit(3);
        other.close();
        assertThat(hidden()).isEmpty();
        assertThat(Duck.numbers(good())).containsExactly(1L, 1L, 2L, 3L);
    }

    private static List<StoredEvent> withContext(long after) {
        String contexts = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":["
                + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1\",\"data\":"
                + "{\"environment\":\"production\",\"source\":\"s\",\"project_id\":7}}]}";
        return new Events(after)
                .add(Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "1.5", "tid", "12", "co", contexts))
                .events();
    }

    private void write(EventSinks.Owner owner, String schema, long after) {
        try (EventSink sink = open(owner, schema)) {
            write(sink, withContext(after));
        }
    }

    private static String schema(String properties) {
        return "{\"type\":\"object\",\"properties\":{" + properties + "}}";
    }

    @Test
    void files_with_different_fields_of_a_context_are_read_together() throws Exception {
        String first = schema("\"environment\":{\"type\":\"string\"}");
        String second = schema(
                "\"environment\":{\"type\":\"string\"},\"source\":{\"type\":\"string\"},\"project_id\":{\"type\":\"integer\"}");
        write(owner, first, 0);
        write(owner, second, 1);

        assertThat(Duck.rows("SELECT number, " + COLUMN + " AS context, se_value, txn_id,"
                        + " json_exists(more, '$." + COLUMN + "') AS in_more FROM "
                        + Duck.files(good()) + " ORDER BY number"))
                .containsExactly(
                        Map.of(
                                "number",
                                1L,
                                "context",
                                List.of(Map.of("environment", "production")),
                                "se_value",
                                1.5,
                                "txn_id",
                                12L,
                                "in_more",
                                true),
                        Map.of(
                                "number",
                                2L,
                                "context",
                                List.of(withContextData()),
                                "se_value",
                                1.5,
                                "txn_id",
                                12L,
                                "in_more",
                                false));
    }

    private static Map<?, ?> withContextData() {
        return (Map<?, ?>) Json.parse("{\"environment\":\"production\",\"source\":\"s\",\"project_id\":7}");
    }

    @Test
    void a_field_keeps_the_type_that_any_collector_gave_it_first() throws Exception {
        EventSinks.Owner other = owner();
        write(owner, schema("\"project_id\":{\"type\":\"integer\"},\"environment\":{\"type\":\"string\"}"), 0);
        // Another collector knows a version of the schema with other types.
        write(other, schema("\"project_id\":{\"type\":\"string\"},\"environment\":{\"type\":\"boolean\"}"), 0);

        assertThat(Duck.rows("SELECT DISTINCT " + COLUMN + " AS context FROM " + Duck.files(good())))
                .containsExactly(Map.of("context", List.of(Map.of("project_id", 7L, "environment", "production"))));
    }

    @Test
    void a_folder_with_iceberg_tables_is_refused_and_the_other_way_round() {
        EventSinks.find()
                .open(SinkSettings.in(lake), owner, key -> Optional.empty())
                .close();
        assertThatThrownBy(this::open).isInstanceOf(SinkException.class).hasMessageContaining("has Iceberg tables");

        Path other = lake.resolve("other");
        EventSinks.find().open(in(other), owner, key -> Optional.empty()).close();
        assertThatThrownBy(() -> EventSinks.find().open(SinkSettings.in(other), owner, key -> Optional.empty()))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("has Parquet files without a table format");
    }

    @Test
    void days_are_those_of_utc() {
        try (EventSink sink = open()) {
            Events events = new Events(0);
            events.add(Instant.parse("2026-11-23T23:59:59.999Z"), null, Map.of("e", "se", "se_ca", "c", "se_ac", "a"));
            events.add(Instant.parse("2026-11-24T00:00:00Z"), null, Map.of("e", "se", "se_ca", "c", "se_ac", "a"));
            write(sink, events.events());
        }
        assertThat(Duck.paths(good()))
                .containsExactly(
                        file(LocalDate.of(2026, 11, 23).toString(), 1, 1),
                        file(LocalDate.of(2026, 11, 24).toString(), 2, 2));
    }
}
