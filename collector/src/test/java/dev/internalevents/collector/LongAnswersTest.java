package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Responses that are longer than the part the collector holds in memory at a time. */
@Tag("slow")
class LongAnswersTest {

    private static final int EVENTS = 40;
    private static final int CHARS = 100_000;
    private static final String CONTEXTS =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":["
                    + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":"
                    + "{\"environment\":\"x\",\"source\":\"x\",\"extra\":{\"k\":\"TEXT\"}}}]}";

    @TempDir
    static Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    static Stream<CollectorSettingsBuilder> kinds() throws IOException {
        return Stream.of(CollectorSettings.micro(), onDisk());
    }

    private static CollectorSettingsBuilder onDisk() throws IOException {
        return CollectorSettings.collector(Files.createTempDirectory(folder, "data"))
                .readYourWrites(true);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void every_list_arrives_whole_and_in_order(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        for (int i = 0; i < EVENTS; i++) {
            collector.track(event("pv", i) + "," + event("nonsense", i));
        }

        JsonNode good = collector.json("/micro/good");
        assertThat(titles(good, "/rawEvent/parameters/page")).isEqualTo(newestFirst());
        assertThat(good.at("/39/event/contexts/data/0/data/extra/k").asString()).isEqualTo("ü".repeat(CHARS));
        JsonNode bad = collector.json("/micro/bad");
        assertThat(titles(bad, "/rawEvent/parameters/page")).isEqualTo(newestFirst());
        assertThat(bad.at("/0/collectorPayload/body").asString()).contains("nonsense");
        assertThat(collector.json("/micro/bad", "{\"version\":\"tp1\"}")).isEmpty();
        assertThat(collector.json("/micro/bad", "{\"version\":\"tp2\",\"limit\":3}"))
                .hasSize(3);

        JsonNode page = collector.json("/micro/events", "{\"validEvents\":true,\"page\":2,\"pageSize\":15}");
        assertThat(titles(page.path("events"), "/page_title"))
                .isEqualTo(newestFirst().subList(15, 30));
        assertThat(page.path("totalItems").asInt()).isEqualTo(EVENTS);
        assertThat(page.path("totalPages").asInt()).isEqualTo(3);
        JsonNode sorted = collector.json(
                "/micro/events",
                "{\"validEvents\":true,\"pageSize\":1000,\"sorting\":{\"column\":\"page_title\",\"desc\":false}}");
        assertThat(titles(sorted.path("events"), "/page_title"))
                .isEqualTo(newestFirst().stream().sorted().toList());

        JsonNode awaited = collector.json("/micro/await", "{\"count\":" + EVENTS + "}");
        assertThat(awaited.path("found").asInt()).isEqualTo(EVENTS);
        assertThat(titles(awaited.path("events"), "/event/page_title")).isEqualTo(newestFirst());

        String[] lines = collector.get("/micro/export").body().split("\n", -1);
        assertThat(lines).hasSize(EVENTS + 1);
        assertThat(JsonMapper.shared().readTree(lines[0]).path("page_title").asString())
                .isEqualTo("title 00");
    }

    @Test
    void a_reader_that_stops_costs_other_readers_nothing() throws Exception {
        collector.start(CollectorSettings.micro());
        for (int i = 0; i < EVENTS; i++) {
            collector.track(event("pv", i));
        }
        List<Socket> stopped = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            stopped.add(asking("/micro/good"));
        }

        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(EVENTS);
        for (Socket socket : stopped) {
            socket.close();
        }
        assertThat(collector.json("/micro/good")).hasSize(EVENTS);
    }

    @Test
    void sql_stops_at_a_number_of_bytes() throws Exception {
        collector.start(onDisk());

        JsonNode many = sql("SELECT text FROM (SELECT string_agg('x', '') AS text FROM range(1000000)), range(100)");
        assertThat(many.path("truncated").asBoolean()).isTrue();
        assertThat(many.path("rows").size()).isBetween(14, 17);
        assertThat(many.at("/rows/13/0").asString()).hasSize(1_000_000);
        JsonNode one = sql("SELECT 7 AS n, string_agg('x', '') AS text, 'after' AS more FROM range(20000000)");
        assertThat(one.path("truncated").asBoolean()).isTrue();
        assertThat(one.path("rows")).hasSize(1);
        assertThat(one.at("/rows/0/1").asString())
                .hasSizeLessThan(17_000_000)
                .endsWith("(cut after 11184810 characters; use substr())");
        assertThat(sql("SELECT 1 AS n").toString())
                .isEqualTo("{\"columns\":[\"n\"],\"rows\":[[1]],\"truncated\":false}");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void one_extreme_value_spoils_no_statistics(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        collector.track("{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"a\",\"se_va\":\"1e308\"}");

        HttpResponse<String> stats =
                collector.post("/micro/columnStats", "{\"columns\":[\"se_value\",\"se_action\",\"no\"]}");

        assertThat(stats.statusCode()).isEqualTo(200);
        JsonNode json = JsonMapper.shared().readTree(stats.body());
        assertThat(json.at("/se_action").toString())
                .isEqualTo("{\"sortable\":true,\"filterable\":true,\"values\":[\"a\"]}");
        assertThat(json.at("/se_value/values")).hasSize(1);
        assertThat(json.at("/no").toString()).isEqualTo("{\"sortable\":false,\"filterable\":false,\"values\":[]}");
    }

    @Test
    void a_burst_of_readers_is_limited_and_a_reader_that_leaves_makes_room() throws Exception {
        collector.start(CollectorSettings.micro());
        List<Socket> readers = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 205; i++) {
            readers.add(asking("/micro/stream"));
        }
        for (Socket reader : readers) {
            refused += line(reader).contains("503") ? 1 : 0;
        }
        assertThat(refused).isEqualTo(5);

        for (Socket reader : readers) {
            reader.close();
        }
        // The server notices on its own thread.
        String status;
        do {
            try (Socket next = asking("/micro/stream")) {
                status = line(next);
            }
        } while (status.contains("503"));
        assertThat(status).contains("200");
    }

    @Test
    void the_stream_shows_large_events_by_number_and_title() throws Exception {
        collector.start(CollectorSettings.micro());
        try (Socket reader = asking("/micro/stream")) {
            assertThat(until(reader, "\"last\":0")).contains("event: summary");
            collector.track("{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"large one\",\"url\":\"http://x/"
                    + "y".repeat(100_000) + "\"}");
            assertThat(until(reader, "large one")).isNotEmpty();
            assertThat(until(reader, "}")).contains("\"large\":true").doesNotContain("yyy");
            collector.track("{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"small one\",\"url\":\"http://x/z\"}");
            assertThat(until(reader, "http://x/z")).isNotEmpty();
        }
    }

    private Socket asking(String path) throws IOException {
        Socket socket = new Socket("127.0.0.1", collector.port());
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String line(Socket socket) throws IOException {
        return until(socket, "\n");
    }

    private static String until(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            text.append((char) next);
            if (next == end.charAt(end.length() - 1) && text.indexOf(end, text.length() - end.length()) >= 0) {
                break;
            }
        }
        return text.toString();
    }

    private static List<String> newestFirst() {
        List<String> titles = new ArrayList<>();
        for (int i = EVENTS - 1; i >= 0; i--) {
            titles.add(String.format("title %02d", i));
        }
        return titles;
    }

    private static List<String> titles(JsonNode events, String pointer) {
        List<String> titles = new ArrayList<>();
        events.forEach(event -> titles.add(event.at(pointer).asString()));
        return titles;
    }

    private static String event(String kind, int number) {
        return String.format("{\"e\":\"%s\",\"page\":\"title %02d\",\"co\":\"", kind, number)
                + CONTEXTS.replace("TEXT", "ü".repeat(CHARS)).replace("\"", "\\\"")
                + "\"}";
    }

    private JsonNode sql(String sql) throws Exception {
        return collector.json("/micro/sql", JsonMapper.shared().writeValueAsString(Map.of("sql", sql)));
    }
}
