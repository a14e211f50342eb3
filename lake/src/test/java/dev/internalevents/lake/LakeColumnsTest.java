package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How events become columns. The context is always GitLab's; the schema that the sink is told differs. */
class LakeColumnsTest {

    private static final String COLUMN = "contexts_com_gitlab_gitlab_standard_1";

    private static final String DATA =
            "{\"environment\":\"production\",\"source\":\"s\",\"project_id\":7,\"is_gitlab_team_member\":true,"
                    + "\"extra\":{\"a\":1}}";

    @TempDir
    private Path folder;

    private final EventSinks.Owner owner = new EventSinks.Owner(UUID.randomUUID(), "host", "/data");

    private static List<StoredEvent> events(long after) {
        String contexts = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":["
                + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1\",\"data\":" + DATA + "}]}";
        List<StoredEvent> events = new Events(after)
                .add(Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "1.5", "tid", "12", "co", contexts))
                .events();
        assertThat(events).allMatch(StoredEvent::isGood);
        return events;
    }

    private void write(String schema, long after) {
        List<StoredEvent> events = events(after);
        try (EventSink sink = EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.of(schema))) {
            sink.write(events);
            sink.commit(after + 1);
        }
    }

    private Table table() {
        return Tables.open(folder.resolve("good_events"));
    }

    private Record row(int index) {
        return Tables.rows(folder.resolve("good_events")).get(index);
    }

    private static String schema(String... namesAndTypes) {
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            properties
                    .append(i == 0 ? "" : ",")
                    .append("\"%s\":{\"type\":%s}".formatted(namesAndTypes[i], namesAndTypes[i + 1]));
        }
        return "{\"type\":\"object\",\"properties\":{" + properties + "}}";
    }

    private static String whole() {
        return schema(
                "environment", "\"string\"",
                "source", "[\"string\",\"null\"]",
                "project_id", "[\"integer\",\"null\"]",
                "is_gitlab_team_member", "\"boolean\"",
                "extra", "\"object\"",
                "instance_id", "\"string\"");
    }

    private static Record context(Record row) {
        return (Record) ((List<?>) row.getField(COLUMN)).get(0);
    }

    @Test
    void atomic_fields_have_their_types() {
        write(whole(), 0);

        Record row = row(0);
        assertThat(row.getField("se_value")).isEqualTo(1.5);
        assertThat(row.getField("txn_id")).isEqualTo(12L);
        assertThat(row.getField("se_action")).isEqualTo("a");
        assertThat(row.getField("collector_id")).isEqualTo(owner.id().toString());
        assertThat(row.getField("collector_tstamp")).isEqualTo(OffsetDateTime.parse("2026-11-23T21:00:00Z"));
        assertThat(row.getField("geo_city")).isNull();
        assertThat(table().spec().fields().get(0).transform().toString()).isEqualTo("day");
        assertThat(table().newScan().planFiles().iterator().next().file().location())
                .contains("collector_tstamp_day=2026-11-23/");
    }

    @Test
    void the_fields_of_a_known_schema_have_types_and_nothing_is_in_the_rest() {
        write(whole(), 0);

        Record context = context(row(0));
        assertThat(context.getField("environment")).isEqualTo("production");
        assertThat(context.getField("project_id")).isEqualTo(7L);
        assertThat(context.getField("is_gitlab_team_member")).isEqualTo(true);
        assertThat(context.getField("extra")).isEqualTo("{\"a\":1}");
        assertThat(context.getField("instance_id")).isNull();
        assertThat(more(0)).isNull();
    }

    @Test
    void a_field_that_a_user_added_to_a_context_stays_empty() {
        write(whole(), 0);
        table().updateSchema()
                .addColumn(COLUMN + ".element", "note", Types.IntegerType.get())
                .commit();

        write(whole(), 1);

        assertThat(context(row(1)).getField("environment")).isEqualTo("production");
        assertThat(context(row(1)).getField("note")).isNull();
        assertThat(more(1)).isNull();
    }

    @Test
    void a_context_whose_schema_is_not_known_is_json() {
        List<StoredEvent> events = events(0);
        try (EventSink sink = EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.empty())) {
            sink.write(events);
            sink.commit(1);
        }
        assertThat(table().schema().findField(COLUMN)).isNull();
        assertThat(more(0)).isEqualTo(List.of(Json.parse(DATA)));
    }

    /** Returns the JSON of the context; null if everything is in its column. */
    private Object more(int index) {
        return row(index).getField("more") instanceof String more ? ((Map<?, ?>) Json.parse(more)).get(COLUMN) : null;
    }

    @Test
    void a_field_that_changes_its_type_keeps_its_column_and_is_json() {
        write(whole(), 0);
        // The next version of the schema, and events whose value is not a number.
        String changed = schema("environment", "\"integer\"");
        write(changed, 1);

        assertThat(table().schema().findField(COLUMN + ".element.environment").type())
                .isEqualTo(Types.StringType.get());
        assertThat(context(row(1)).getField("environment")).isEqualTo("production");
    }

    @Test
    void a_value_of_another_type_than_its_column_is_json() {
        write(schema("environment", "\"integer\"", "source", "\"string\""), 0);

        assertThat(context(row(0)).getField("environment")).isNull();
        assertThat(context(row(0)).getField("source")).isEqualTo("s");
        assertThat(more(0)).isEqualTo(List.of(Json.parse(DATA)));
    }

    @Test
    void names_that_differ_in_case_only_and_names_that_engines_cannot_read_are_json() {
        write(
                schema("Environment", "\"string\"", "environment", "\"string\"", "a b", "\"string\"", "", "\"string\""),
                0);

        assertThat(names()).containsExactly("Environment");
        assertThat(more(0)).isEqualTo(List.of(Json.parse(DATA)));
    }

    private List<String> names() {
        return table().schema().findField(COLUMN).type().asListType().elementType().asStructType().fields().stream()
                .map(Types.NestedField::name)
                .toList();
    }

    @Test
    void a_schema_with_3000_fields_gets_200_columns() {
        String many = IntStream.range(0, 3_000)
                .mapToObj(i -> "\"field%d\":{\"type\":\"string\"}".formatted(i))
                .collect(Collectors.joining(",", "{\"properties\":{", "}}"));
        write(many, 0);

        assertThat(names()).hasSize(Evolution.MAX_FIELDS);
        assertThat(more(0)).isEqualTo(List.of(Json.parse(DATA)));
    }

    @Test
    void a_new_version_of_a_schema_adds_its_fields() {
        write(schema("environment", "\"string\""), 0);
        write(whole(), 1);

        assertThat(context(row(0)).getField("source")).isNull();
        assertThat(context(row(1)).getField("source")).isEqualTo("s");
        assertThat(names()).startsWith("environment").hasSize(6);
    }

    @Test
    void a_text_that_is_not_a_schema_is_json() {
        write("not JSON", 0);
        write("[1]", 1);

        assertThat(more(0)).isEqualTo(more(1)).isEqualTo(List.of(Json.parse(DATA)));
    }

    @Test
    void an_altered_table_is_written_on() {
        write(whole(), 0);
        Table table = table();
        table.updateSchema()
                .addColumn("mine", Types.StringType.get())
                .deleteColumn("se_action")
                .deleteColumn(COLUMN + ".element.source")
                .renameColumn("se_label", "label")
                .commit();
        write(whole(), 1);

        assertThat(row(1).getField("se_action")).isEqualTo("a");
        assertThat(row(1).getField("mine")).isNull();
        assertThat(context(row(1)).getField("source")).isEqualTo("s");
        assertThat(row(0).getField("se_category")).isEqualTo("c");
    }

    @Test
    void a_table_that_was_rolled_back_gets_the_events_again() {
        write(whole(), 0);
        long first = table().currentSnapshot().snapshotId();
        write(whole(), 1);
        Table table = table();
        table.manageSnapshots().rollbackTo(first).commit();

        try (EventSink sink = EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.of(whole()))) {
            assertThat(sink.place()).isEqualTo(1);
        }
    }

    @Test
    void the_place_survives_the_expiry_of_all_its_snapshots() {
        write(whole(), 0);
        Table table = table();
        table.newDelete()
                .deleteFromRowFilter(org.apache.iceberg.expressions.Expressions.alwaysTrue())
                .commit();
        table.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1_000)
                .retainLast(1)
                .commit();
        assertThat(table().snapshots()).hasSize(1);

        try (EventSink sink = EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.of(whole()))) {
            assertThat(sink.place()).isEqualTo(1);
        }
    }
}
