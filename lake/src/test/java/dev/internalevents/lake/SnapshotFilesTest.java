package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB on the data files that a snapshot lists, compared with Iceberg's reader. */
class SnapshotFilesTest {

    private static final String CONTEXTS =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":["
                    + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1\",\"data\":%s},"
                    + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1\",\"data\":%s}]}";

    private static final String FULL = "{\"environment\":\"production\",\"source\":\"ö 漢 😀\",\"project_id\":7,"
            + "\"is_gitlab_team_member\":true,\"extra\":{\"a\":[1,null]}}";

    private static final String SPARSE = "{\"environment\":\"\",\"source\":\"s\",\"project_id\":null}";

    private static final String SCHEMA = "{\"properties\":{\"environment\":{\"type\":\"string\"},"
            + "\"source\":{\"type\":\"string\"},\"project_id\":{\"type\":[\"integer\",\"null\"]},"
            + "\"is_gitlab_team_member\":{\"type\":\"boolean\"},\"extra\":{\"type\":\"object\"}}}";

    @TempDir
    private Path folder;

    private static List<StoredEvent> events() {
        Events events = new Events(0);
        for (int i = 0; i < 5; i++) {
            events.add(Map.of("e", "se", "se_ca", "c" + i, "se_ac", "a", "se_va", "-1.5e3", "tid", "12"));
            events.add(Map.of(
                    "e",
                    "se",
                    "se_ca",
                    "c",
                    "se_ac",
                    "a",
                    "dtm",
                    "1764000000123",
                    "co",
                    CONTEXTS.formatted(FULL, SPARSE)));
            events.add(Map.of("e", "pp", "url", "http://example.org/a?b=c", "pp_mix", "1", "pp_may", "-5"));
            events.add(Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten"));
        }
        return events.events();
    }

    @Test
    void the_rows_and_values_are_the_same() throws Exception {
        EventSinks.Owner owner = new EventSinks.Owner(UUID.randomUUID(), "host", "/data");
        List<StoredEvent> events = events();
        try (EventSink sink = EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.of(SCHEMA))) {
            for (int i = 0; i < events.size(); i += 4) {
                sink.write(events.subList(i, i + 4));
                sink.commit(i + 4);
            }
        }
        assertThat(compare("good_events")).isEqualTo(15);
        assertThat(compare("failed_events")).isEqualTo(5);
    }

    private int compare(String table) throws Exception {
        List<String> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks =
                Tables.open(folder.resolve(table)).newScan().planFiles()) {
            tasks.forEach(task -> files.add("'" + task.file().location() + "'"));
        }
        List<Map<String, Object>> rows = Tables.rows(folder.resolve(table)).stream()
                .map(SnapshotFilesTest::plain)
                .toList();

        assertThat(Duck.rows("SELECT * FROM read_parquet([" + String.join(", ", files)
                        + "], union_by_name = true, hive_partitioning = false) ORDER BY number"))
                .isEqualTo(rows);
        return rows.size();
    }

    /** Returns the fields that are not null, as {@link Duck} does. */
    private static Map<String, Object> plain(Record row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Types.NestedField field : row.struct().fields()) {
            Object value = row.getField(field.name());
            if (value != null) {
                fields.put(field.name(), plain(value));
            }
        }
        return fields;
    }

    private static Object plain(Object value) {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        } else if (value instanceof List<?> list) {
            return list.stream().map(SnapshotFilesTest::plain).collect(Collectors.toList());
        }
        return value instanceof Record row ? plain(row) : value;
    }
}
