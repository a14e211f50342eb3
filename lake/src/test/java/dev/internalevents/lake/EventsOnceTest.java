package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The statements for DuckDB in {@code docs/lake-readers.md}, over the files of two collectors. */
class EventsOnceTest {

    private static final Path PAGE = Path.of("..", "docs", "lake-readers.md");
    private static final Pattern BLOCK =
            Pattern.compile("<!-- test: skip, the module lake runs it -->\n```sql\n(.*?)```", Pattern.DOTALL);

    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private static final String CONTEXTS =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":["
                    + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1\",\"data\":"
                    + "{\"environment\":\"production\",\"source\":\"s\"}}]}";

    private static final String SCHEMA =
            "{\"properties\":{\"environment\":{\"type\":\"string\"},\"source\":{\"type\":\"string\"}}}";

    @TempDir
    private Path lake;

    /** Writes events with these ids, a minute apart. */
    private void collect(String collector, Instant first, String... ids) {
        EventSinks.Owner owner = new EventSinks.Owner(
                UUID.nameUUIDFromBytes(collector.getBytes(StandardCharsets.UTF_8)), "host", collector);
        Events events = new Events(0);
        for (int i = 0; i < ids.length; i++) {
            events.add(
                    first.plusSeconds(60 * i),
                    null,
                    Map.of(
                            "e",
                            "se",
                            "se_ca",
                            collector,
                            "se_ac",
                            "a",
                            "aid",
                            "app",
                            "eid",
                            id(ids[i]),
                            "co",
                            CONTEXTS));
        }
        try (EventSink sink = EventSinks.find().open(ParquetFilesTest.in(lake), owner, key -> Optional.of(SCHEMA))) {
            sink.write(events.events());
            sink.commit(ids.length);
        }
    }

    private static String id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private List<String> statements() throws Exception {
        List<String> statements = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
        while (blocks.find()) {
            for (String statement :
                    blocks.group(1).replace("/var/lib/lake", lake.toString()).split(";")) {
                if (!statement.isBlank()) {
                    statements.add(statement.strip());
                }
            }
        }
        return statements;
    }

    private List<Map<String, Object>> query(String last) throws Exception {
        List<String> statements = statements();
        statements.add(last);
        return Duck.rows(statements.toArray(String[]::new));
    }

    @Test
    void each_id_is_there_once_as_it_was_received_first() throws Exception {
        collect("one", NOON, "a", "b", "c");
        collect("two", NOON.plusSeconds(30), "b", "a", "d");

        assertThat(query("SELECT event_id, se_category FROM events_once ORDER BY collector_tstamp"))
                .containsExactly(
                        Map.of("event_id", id("a"), "se_category", "one"),
                        Map.of("event_id", id("b"), "se_category", "two"),
                        Map.of("event_id", id("c"), "se_category", "one"),
                        Map.of("event_id", id("d"), "se_category", "two"));
        assertThat(query("SELECT count(*) AS rows FROM good_events")).containsExactly(Map.of("rows", 6L));
    }

    @Test
    void the_last_statement_of_the_page_counts_environments() throws Exception {
        collect("one", NOON, "a", "b");
        collect("two", NOON, "b", "c");

        assertThat(Duck.rows(statements().toArray(String[]::new)))
                .containsExactly(Map.of("app_id", "app", "environment", "production", "count_star()", 3L));
    }
}
