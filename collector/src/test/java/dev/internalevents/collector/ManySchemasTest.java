package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** More schemas and names of fields than a table has columns for. */
@Tag("slow")
class ManySchemasTest {

    private static final String CONTEXTS = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1";
    /** An unknown version of this schema allows fields with any name. */
    private static final String GITLAB = "iglu:com.gitlab/gitlab_standard/jsonschema/1-99-0";

    private static final int SCHEMAS = 520;

    @TempDir
    Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private void start() throws IOException {
        CollectorSettingsBuilder settings =
                CollectorSettings.collector(folder.resolve("data")).readYourWrites(true);
        if (Files.isDirectory(folder.resolve("iglu"))) {
            settings.iglu(folder.resolve("iglu"));
        }
        collector.start(settings);
    }

    @Test
    void events_of_any_number_of_schemas_are_stored_and_read_and_queried() throws Exception {
        for (int i = 0; i < SCHEMAS; i++) {
            Path file = folder.resolve("iglu/schemas/com.many/s" + i + "/jsonschema/1-0-0");
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file,
                    "{\"self\":{\"vendor\":\"com.many\",\"name\":\"s" + i
                            + "\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"},\"type\":\"object\"}");
        }
        start();
        for (int from = 0; from < SCHEMAS; from += 104) {
            List<String> events = new ArrayList<>();
            for (int i = from; i < from + 104; i++) {
                events.add(event("iglu:com.many/s" + i + "/jsonschema/1-0-0", "{\"n\":" + i + "}"));
            }
            collector.track(events.toArray(String[]::new));
        }
        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(SCHEMAS);
        everySchemaIsThere();

        collector.close();
        start();
        everySchemaIsThere();
        // After a reset, the store has room for other names.
        collector.processor().change(store -> store.reset(null)).get();
        assertThat(collector.json("/micro/columns").size()).isZero();
        collector.track(event("iglu:com.many/s519/jsonschema/1-0-0", "{\"n\":519}"));
        assertThat(sql("SELECT n FROM contexts_com_many_s519_1").toString()).isEqualTo("[[\"519\"]]");
    }

    private void everySchemaIsThere() throws Exception {
        for (int i : new int[] {0, 1, 149, 150, 151, 300, 499, 500, 501, SCHEMAS - 1}) {
            assertThat(sql("SELECT n FROM contexts_com_many_s" + i + "_1").toString())
                    .isEqualTo("[[\"" + i + "\"]]");
            assertThat(collector
                            .json(
                                    "/micro/events",
                                    "{\"filters\":[{\"column\":\"contexts_com_many_s" + i + "_1.n\",\"values\":[\"" + i
                                            + "\"]}]}")
                            .path("totalItems")
                            .asInt())
                    .isEqualTo(1);
        }
        JsonNode good = collector.json("/micro/good");
        assertThat(good.size()).isEqualTo(SCHEMAS);
        assertThat(good.get(0).at("/contexts/0").asString()).startsWith("iglu:com.many/s");
        assertThat(good.get(0).at("/event/contexts/data/0/data/n").isNumber()).isTrue();
    }

    @Test
    void fields_that_the_schema_names_keep_their_names_whatever_else_was_seen() throws Exception {
        start();
        collector.track(gitlab("\"ENVIRONMENT\":\"evil\",\"Event_ID\":1"));
        collector.track(gitlab("\"Realm\":\"evil\""), gitlab("\"x\":1"));
        collector.json("/micro/all");

        assertThat(sql("SELECT environment, count(*) FROM contexts_com_gitlab_gitlab_standard_1 GROUP BY ALL")
                        .toString())
                .isEqualTo("[[\"test\",3]]");
        assertThat(sql("SELECT count(realm), count(data->>'Realm') FROM contexts_com_gitlab_gitlab_standard_1")
                        .toString())
                .isEqualTo("[[0,1]]");
    }

    @Test
    void one_event_with_thousands_of_names_takes_them_from_no_other_schema() throws Exception {
        start();
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 6_000; i++) {
            names.append(i == 0 ? "" : ",")
                    .append("\"f")
                    .append(i)
                    .append("\":")
                    .append(i);
        }
        collector.track(gitlab(names.toString()));
        collector.track(event(
                "iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0",
                "{\"id\":\"a86c42e5-b831-45c8-b706-e214c26b4b3d\"}"));
        collector.json("/micro/all");

        assertThat(sql("SELECT environment FROM contexts_com_gitlab_gitlab_standard_1")
                        .toString())
                .isEqualTo("[[\"test\"]]");
        assertThat(sql("SELECT id FROM contexts_com_snowplowanalytics_snowplow_web_page_1")
                        .toString())
                .contains("a86c42e5");
        assertThat(sql("SELECT data->>'f5999' FROM contexts_com_gitlab_gitlab_standard_1")
                        .toString())
                .isEqualTo("[[\"5999\"]]");
        assertThat(collector.json("/micro/columns").size()).isLessThan(500);
        assertThat(sql("SELECT * FROM contexts_com_gitlab_gitlab_standard_1").size())
                .isEqualTo(1);
    }

    private JsonNode sql(String sql) throws Exception {
        JsonNode answer = collector.json("/micro/sql", Json.write(Map.of("sql", sql)));
        assertThat(answer.path("error").isMissingNode()).as(answer.toString()).isTrue();
        return answer.path("rows");
    }

    private static String gitlab(String fields) {
        return event(GITLAB, "{\"environment\":\"test\",\"source\":\"x\"," + fields + "}");
    }

    private static String event(String schema, String data) {
        String contexts =
                "{\"schema\":\"" + CONTEXTS + "\",\"data\":[{\"schema\":\"" + schema + "\",\"data\":" + data + "}]}";
        return Json.write(Map.of("e", "se", "p", "srv", "se_ca", "c", "se_ac", "a", "co", contexts));
    }
}
