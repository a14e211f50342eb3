package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.lake.maintenance.IcebergMaintenance;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.SinkForget;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rows of a lake are removed because a person is to be forgotten. */
class ForgottenRowsTest {

    private static final String GOOD = "good_events";
    private static final String FAILED = "failed_events";

    @TempDir
    private Path folder;

    private MaintainedTables tables;
    private final EventSinks.Owner owner = MaintainedTables.owner();
    private long last;

    @BeforeEach
    void create() {
        tables = new MaintainedTables(folder);
    }

    private static String standard(String fields) {
        return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":["
                + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1\",\"data\":"
                + "{\"environment\":\"production\",\"source\":\"s\"," + fields + "}}]}";
    }

    private static Map<String, String> event(String name, String value) {
        return Map.of("e", "se", "se_ca", "c", "se_ac", "a", name, value);
    }

    /** Writes events in one commit, and returns the number of the first. */
    private long write(EventSinks.Owner by, EventSinks.SchemaTexts schemas, List<Map<String, String>> parameters) {
        Events events = new Events(last);
        parameters.forEach(one -> events.add(tables.daysAgo(1), null, one));
        List<StoredEvent> stored = events.events();
        long first = last + 1;
        last += stored.size();
        try (EventSink sink = EventSinks.find().open(SinkSettings.in(folder), by, schemas)) {
            sink.write(stored);
            sink.commit(last);
        }
        return first;
    }

    private SinkForget order(Set<Long> failed, String... users) {
        return new SinkForget(
                owner.id(), last, tables.daysAgo(1), new Persons(Set.of(users), Set.of("globalOne")), failed);
    }

    private String forget(SinkForget... orders) {
        IcebergMaintenance maintenance = tables.maintenance(owner);
        assertThat(maintenance.take()).isTrue();
        String mark = maintenance.forget(List.of(orders));
        maintenance.release();
        return mark;
    }

    @Test
    void a_good_event_is_removed_if_an_id_is_where_events_have_ids_and_its_neighbours_stay() {
        EventSinks.SchemaTexts typed = key -> Optional.of("{\"type\":\"object\",\"properties\":{\"user_id\":"
                + "{\"type\":[\"integer\",\"string\"]},\"global_user_id\":{\"type\":\"string\"}}}");
        EventSinks.SchemaTexts integers =
                key -> Optional.of("{\"type\":\"object\",\"properties\":{\"user_id\":{\"type\":\"integer\"}}}");
        for (EventSinks.SchemaTexts schemas :
                List.<EventSinks.SchemaTexts>of(key -> Optional.empty(), typed, integers)) {
            write(
                    owner,
                    schemas,
                    List.of(
                            event("uid", "4711"),
                            event("uid", "47110"),
                            event("co", standard("\"user_id\":4711")),
                            event("co", standard("\"user_id\":471")),
                            event("co", standard("\"global_user_id\":\"globalOne\"")),
                            event("co", standard("\"global_user_id\":\"globalTwo\"")),
                            event("se_la", "4711")));
        }

        forget(order(Set.of(), "4711"));

        assertThat(tables.numbers(GOOD)).containsExactly(2L, 4L, 6L, 7L, 9L, 11L, 13L, 14L, 16L, 18L, 20L, 21L);
    }

    @Test
    void a_failed_event_is_removed_by_its_number_and_by_an_id_anywhere() {
        write(
                owner,
                key -> Optional.empty(),
                List.of(
                        Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten"),
                        Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten", "uid", "70010001"),
                        Map.of(
                                "e",
                                "se",
                                "se_ca",
                                "c",
                                "se_ac",
                                "a",
                                "se_va",
                                "ten",
                                "url",
                                "http://a.test/?u=70010001"),
                        Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten", "uid", "80020002"),
                        Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten")));

        forget(order(Set.of(5L), "70010001"));

        assertThat(tables.numbers(FAILED)).containsExactly(1L, 4L);
    }

    @Test
    void events_that_were_received_later_stay() {
        EventSinks.Owner other = MaintainedTables.owner();
        write(owner, key -> Optional.empty(), List.of(event("uid", "4711"), event("uid", "1")));
        SinkForget order = order(Set.of(), "4711");
        write(owner, key -> Optional.empty(), List.of(event("uid", "4711")));
        write(other, key -> Optional.empty(), List.of(event("uid", "4711")));
        Events late = new Events(last);
        late.add(tables.daysAgo(0), null, event("uid", "4711"));
        try (EventSink sink = tables.open(other)) {
            sink.write(late.events());
            sink.commit(++last);
        }

        forget(order);

        // The event of the other collector was received before the request, the last one later.
        assertThat(tables.numbers(GOOD)).containsExactly(2L, 3L, 5L);
    }

    @Test
    void no_snapshot_and_no_file_has_the_rows_after_the_expiry() {
        for (int i = 0; i < 8; i++) {
            write(owner, key -> Optional.empty(), List.of(event("uid", "4711"), event("uid", "1")));
        }
        Set<String> before = tables.dataOnDisk(GOOD);
        String mark = forget(order(Set.of(), "4711"));
        assertThat(tables.dataOnDisk(GOOD)).containsAll(before);
        write(owner, key -> Optional.empty(), List.of(event("uid", "2")));

        IcebergMaintenance maintenance = tables.maintenance(owner);
        assertThat(maintenance.take()).isTrue();
        assertThat(maintenance.expire(mark)).isTrue();
        maintenance.release();

        Table table = tables.table(GOOD);
        assertThat(table.snapshots()).hasSize(2);
        assertThat(tables.dataOnDisk(GOOD)).doesNotContainAnyElementsOf(before).hasSize(9);
        assertThat(tables.numbers(GOOD)).hasSize(9);
        try (EventSink sink = tables.open(owner)) {
            assertThat(sink.place()).isEqualTo(last);
        }
    }

    @Test
    void rows_that_a_rollback_brought_back_are_removed_again() {
        write(owner, key -> Optional.empty(), List.of(event("uid", "4711"), event("uid", "1")));
        Snapshot before = tables.table(GOOD).currentSnapshot();
        SinkForget order = order(Set.of(), "4711");
        String mark = forget(order);
        tables.table(GOOD).manageSnapshots().rollbackTo(before.snapshotId()).commit();

        IcebergMaintenance maintenance = tables.maintenance(owner);
        assertThat(maintenance.take()).isTrue();
        assertThat(maintenance.expire(mark)).isFalse();
        assertThat(maintenance.expire(maintenance.forget(List.of(order)))).isTrue();

        assertThat(tables.numbers(GOOD)).containsExactly(2L);
        assertThat(tables.table(GOOD).snapshots()).hasSize(1);
    }

    @Test
    void a_file_that_is_merged_meanwhile_is_searched_again() {
        for (int i = 0; i < 6; i++) {
            write(owner, key -> Optional.empty(), List.of(event("uid", "4711"), event("uid", "1")));
        }
        AtomicBoolean once = new AtomicBoolean();
        int[] asked = {0};
        tables.stopping = () -> {
            // After all files were searched.
            if (++asked[0] == 8 && !once.getAndSet(true)) {
                MaintainedTables others = new MaintainedTables(folder);
                others.maintenance(MaintainedTables.owner()).tidy();
            }
            return false;
        };

        forget(order(Set.of(), "4711"));

        assertThat(once).isTrue();
        List<FileScanTask> files = new ArrayList<>(tables.files(GOOD));
        assertThat(files).hasSize(1);
        assertThat(tables.numbers(GOOD)).containsExactly(2L, 4L, 6L, 8L, 10L, 12L);
    }
}
