package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.spool.Durability;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The additions to Micro's API, for events in memory and for events in a folder. */
class MicroExtrasTest {

    private static final String ID = "6fd9eec5-9741-4f03-964a-bcc7224c56c3";

    @TempDir
    static Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    static Stream<CollectorSettingsBuilder> kinds() throws IOException {
        return Stream.of(
                CollectorSettings.micro(),
                CollectorSettings.collector(Files.createTempDirectory(folder, "data"))
                        .durability(Durability.disk())
                        .readYourWrites(true)
                        .allowReset(true));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void an_event_is_found_by_its_id(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        collector.track("{\"e\":\"pv\",\"eid\":\"" + ID + "\",\"page\":\"a title\"}");

        assertThat(collector.json("/micro/events/" + ID).at("/event/page_title").asString())
                .isEqualTo("a title");
        assertThat(collector
                        .json("/micro/events/1")
                        .at("/json/event/page_title")
                        .asString())
                .isEqualTo("a title");
        assertThat(collector
                        .get("/micro/events/00000000-0000-4000-8000-000000000000")
                        .statusCode())
                .isEqualTo(404);
        assertThat(collector.get("/micro/events/no-id").body()).contains("a UUID");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_filter_with_too_many_parts_is_answered_with_the_limit(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        String app = "{\"column\":\"app_id\",\"values\":[%s]}";

        refused(
                "/micro/events",
                filters(101, String.format(app, "1")),
                "\"filters\" has 101 filters, expected 100 at most");
        refused(
                "/micro/events",
                filters(2, String.format(app, repeated(501, "\"a\""))),
                "\"filters\" has 1002 values in all, expected 1000 at most");
        refused(
                "/micro/good",
                "{\"contexts\":[" + repeated(101, "\"iglu:com.acme/a/jsonschema/1-0-0\"") + "]}",
                "\"contexts\" has 101 schemas, expected 100 at most");
        refused(
                "/micro/await",
                "{\"where\":{\"app_id\":[" + repeated(1_001, "\"a\"") + "]}}",
                "\"where\" has 1001 values in all, expected 1000 at most");
        refused(
                "/micro/await",
                "{\"where\":{"
                        + IntStream.range(0, 101)
                                .mapToObj(i -> "\"contexts_com_acme_a_1.f" + i + "\":1")
                                .collect(Collectors.joining(","))
                        + "}}",
                "\"where\" has 101 keys, expected 100 at most");
        assertThat(collector
                        .json("/micro/events", filters(100, String.format(app, repeated(10, "\"a\""))))
                        .path("totalItems")
                        .asInt(-1))
                .isZero();
    }

    private void refused(String path, String body, String error) throws Exception {
        HttpResponse<String> answer = collector.post(path, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JsonMapper.shared().readTree(answer.body()).path("error").asString())
                .isEqualTo(error);
    }

    private static String filters(int number, String filter) {
        return "{\"filters\":[" + repeated(number, filter) + "]}";
    }

    private static String repeated(int times, String text) {
        return String.join(",", Collections.nCopies(times, text));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void waiting_ends_when_the_event_is_there(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return collector.post(
                        "/micro/await",
                        "{\"where\":{\"event_name\":\"page_view\",\"app_id\":[\"shop\",\"other\"]},\"count\":2,\"timeoutMs\":30000}");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        collector.track("{\"e\":\"pv\",\"aid\":\"shop\"}");
        collector.track("{\"e\":\"se\",\"aid\":\"shop\"}");
        collector.track("{\"e\":\"pv\",\"aid\":\"elsewhere\"}");
        assertThat(waiting.isDone()).isFalse();
        collector.track("{\"e\":\"pv\",\"aid\":\"other\"}");

        HttpResponse<String> answer = waiting.join();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(JsonMapper.shared().readTree(answer.body()).path("events")).hasSize(2);
        HttpResponse<String> late =
                collector.post("/micro/await", "{\"where\":{\"app_id\":\"shop\"},\"count\":9,\"timeoutMs\":1}");
        assertThat(late.statusCode()).isEqualTo(408);
        assertThat(JsonMapper.shared().readTree(late.body()).path("found").asInt())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void test_sessions_do_not_see_each_other(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        String event = TestCollector.payload("{\"e\":\"pv\"}");
        collector.send(collector
                .to(TestCollector.TP2)
                .header("Content-Type", "application/json")
                .header("X-Micro-Session", "one")
                .POST(HttpRequest.BodyPublishers.ofString(event)));
        collector.send(collector
                .to(TestCollector.TP2)
                .header("Content-Type", "application/json")
                .header("X-Micro-Session", "two")
                .POST(HttpRequest.BodyPublishers.ofString(event)));
        collector.track("{\"e\":\"nonsense\",\"aid\":\"one\"}");

        assertThat(collector.json("/micro/all?session=one").toString()).isEqualTo("{\"total\":2,\"good\":1,\"bad\":1}");
        assertThat(collector.json("/micro/good?session=two")).hasSize(1);
        assertThat(collector.json("/micro/bad?session=two")).isEmpty();
        assertThat(collector
                        .json("/micro/events?session=one", "{}")
                        .path("totalItems")
                        .asInt())
                .isEqualTo(2);
        assertThat(collector
                        .json("/micro/await?session=two", "{\"count\":1}")
                        .path("found")
                        .asInt())
                .isEqualTo(1);
        assertThat(collector.json("/micro/reset?session=one", "").path("total").asInt())
                .isZero();
        assertThat(collector.json("/micro/all").path("total").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void pages_are_filtered_and_sorted_by_the_server(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        collector.track(
                "{\"e\":\"se\",\"se_ac\":\"a\",\"se_va\":\"3\"},{\"e\":\"se\",\"se_ac\":\"b\",\"se_va\":\"20\"},{\"e\":\"pv\"}");

        JsonNode page = collector.json(
                "/micro/events",
                "{\"filters\":[{\"column\":\"se_action\",\"values\":[\"a\",\"b\"]}],\"validEvents\":true,"
                        + "\"timeRange\":{\"start\":0,\"end\":\"2999-01-01T00:00:00Z\"},"
                        + "\"sorting\":{\"column\":\"se_value\",\"desc\":true},\"page\":1,\"pageSize\":1}");
        assertThat(page.path("totalItems").asInt()).isEqualTo(2);
        assertThat(page.path("totalPages").asInt()).isEqualTo(2);
        assertThat(page.at("/events/0/se_action").asString()).isEqualTo("b");
        assertThat(collector.json("/micro/columns").toString()).contains("\"se_action\"");
        assertThat(collector
                        .json("/micro/columnStats", "{\"columns\":[\"se_action\"]}")
                        .at("/se_action/values")
                        .toString())
                .isEqualTo("[\"a\",\"b\"]");
        assertThat(collector
                        .json("/micro/timeline", "{\"buckets\":[{\"start\":0,\"end\":\"2999-01-01T00:00:00Z\"}]}")
                        .at("/points/0/validEvents")
                        .asInt())
                .isEqualTo(3);
        JsonNode point = collector
                .json(
                        "/micro/timeline",
                        "{\"buckets\":[{\"start\":0,\"end\":\"2999-01-01T00:00:00Z\"}],\"validEvents\":true,"
                                + "\"filters\":[{\"column\":\"se_action\",\"values\":[\"A\"],\"contains\":true}]}")
                .at("/points/0");
        assertThat(point.path("validEvents").asInt()).isEqualTo(1);
        assertThat(point.path("failedEvents").asInt()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void what_comes_twice_counts_once_and_two_of_one_id_stay_two(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        collector.track("{\"e\":\"pv\",\"eid\":\"" + ID + "\",\"stm\":\"1\"}");
        collector.track("{\"e\":\"pv\",\"eid\":\"" + ID + "\",\"stm\":\"2\"}");
        collector.track("{\"e\":\"pv\",\"eid\":\"" + ID + "\",\"page\":\"another\"}");
        collector.track("{\"stm\":\"9\",\"page\":\"another\",\"e\":\"pv\",\"eid\":\"" + ID + "\"}");
        collector.track("{\"e\":\"nonsense\",\"eid\":\"" + ID + "\"},{\"e\":\"nonsense\",\"eid\":\"" + ID + "\"}");

        assertThat(collector.json("/micro/all").toString()).isEqualTo("{\"total\":3,\"good\":2,\"bad\":1}");
        JsonNode other = collector.json("/micro/good").get(0).path("event");
        assertThat(other.path("page_title").asString()).isEqualTo("another");
        assertThat(other.path("event_id").asString()).isNotEqualTo(ID);
        assertThat(other.at("/derived_contexts/data").toString())
                .contains("duplicate/jsonschema/1-0-0", "\"originalEventId\":\"" + ID + "\"");
        assertThat(collector.get("/metrics").body()).contains("internal_events_events_duplicate_total 3.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/micro/events|{\"filters\":{}}|\"filters\" must be an array",
                "/micro/events|{\"filters\":[{\"values\":[]}]}|each of \"filters\" must be an object with \"column\" and \"values\"",
                "/micro/events|{\"page\":0}|\"page\" must be a whole number of 1 or more",
                "/micro/events|{\"pageSize\":5000}|1000 at most",
                "/micro/events|{\"timeRange\":{\"start\":\"yesterday\"}}|\"start\" must be a time such as",
                "/micro/events|{\"sort\":\"x\"}|\"sort\" is not a key of this filter; it takes",
                "/micro/events|{\"sorting\":{\"column\":\"colector_tstamp\"}}|\"colector_tstamp\" is not a column of events",
                "/micro/events|{\"filters\":[{\"column\":\"x\",\"values\":[]}]}|\"x\" is not a column of events; expected",
                "/micro/await|{\"where\":{\"evnt_name\":\"a\"}}|\"evnt_name\" is not a column of events; expected",
                "/micro/await|{\"where\":[]}|\"where\" must be an object",
                "/micro/await|{\"where\":{\"event\":{}}}|a value to compare with must be",
                "/micro/await|{\"timeoutMs\":99999999}|60000 at most",
                "/micro/timeline|{\"buckets\":[{}]}|each of \"buckets\" must be an object",
                "/micro/timeline|{\"filters\":[{\"column\":\"x\",\"values\":[]}]}|\"x\" is not a column of events; expected",
                "/micro/timeline|{\"timeRange\":{}}|\"timeRange\" is not a key of this filter; it takes",
                "/micro/columnStats|{\"columns\":\"app_id\"}|\"columns\" must be an array of column names",
                "/micro/sql|{}|\"sql\" is missing",
                "/micro/sql|{\"sql\":\"SELECT 1\"}|keeps events in memory",
                "/micro/events|no JSON|not JSON"
            })
    void a_wrong_question_is_a_clear_error(String question) throws Exception {
        collector.start(CollectorSettings.micro());
        String[] parts = question.split("\\|");

        HttpResponse<String> answer = collector.post(parts[0], parts[1]);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JsonMapper.shared().readTree(answer.body()).path("error").asString())
                .contains(parts[2]);
    }

    @Test
    void sql_reads_and_changes_nothing() throws Exception {
        collector.start(CollectorSettings.collector(folder.resolve("sql")).readYourWrites(true));
        collector.track("{\"e\":\"se\",\"se_ac\":\"a\",\"se_va\":\"1.5\"}");

        assertThat(sql("SELECT se_action, se_value, page_url FROM events").toString())
                .isEqualTo(
                        "{\"columns\":[\"se_action\",\"se_value\",\"page_url\"],\"rows\":[[\"a\",1.5,null]],\"truncated\":false}");
        assertThat(sql("SELECT 'it''s' AS x;").at("/rows/0/0").asString()).isEqualTo("it's");
        for (String wrong : new String[] {
            "DELETE FROM event",
            "DROP VIEW events",
            "SELECT 1; DELETE FROM event",
            "SELECT 1') ; DELETE FROM event; --",
            "COPY event TO '/tmp/x'",
            "ATTACH '/tmp/x'",
            "SELECT * FROM read_text('/etc/passwd')",
            "SELECT * FROM glob('/*')",
            "INSTALL httpfs",
            "SET threads = 9",
            "PRAGMA database_list",
            "CALL x()"
        }) {
            assertThat(sql(wrong).path("error").asString()).as(wrong).isNotEmpty();
        }
        assertThat(sql("SELECT count(*) FROM events").at("/rows/0/0").asInt()).isEqualTo(1);
        assertThat(collector.get("/micro/export?format=tsv").body().split("\t", -1))
                .hasSize(131);
        assertThat(collector.get("/micro/export").body())
                .startsWith("{\"number\":1,")
                .endsWith("}\n");
        assertThat(collector.get("/micro/export?format=doc").statusCode()).isEqualTo(400);
    }

    @Test
    void every_path_is_in_the_openapi_document() throws Exception {
        collector.start(CollectorSettings.micro().dictionary(Dictionary.EMPTY));
        JsonNode document = collector.json("/micro/openapi.json");

        assertThat(document.path("openapi").asString()).startsWith("3.");
        assertThat(document.path("paths").propertyNames())
                .contains(
                        "/micro/all",
                        "/micro/good",
                        "/micro/bad",
                        "/micro/reset",
                        "/micro/events",
                        "/micro/events/{id}",
                        "/micro/await",
                        "/micro/columns",
                        "/micro/columnStats",
                        "/micro/timeline",
                        "/micro/stream",
                        "/micro/sql",
                        "/micro/export",
                        "/micro/failed/retry",
                        "/micro/metrics",
                        "/micro/definitions",
                        "/micro/service-ping");
        // Every documented path is answered.
        for (String path : document.path("paths").propertyNames()) {
            if (!path.contains("{") && !path.equals("/micro/stream")) {
                assertThat(collector.get(path).statusCode()).as(path).isIn(200, 405, 400);
            }
        }
    }

    private JsonNode sql(String sql) throws Exception {
        return collector.json("/micro/sql", JsonMapper.shared().writeValueAsString(Map.of("sql", sql)));
    }
}
