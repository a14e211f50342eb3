package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Queries that read the store for longer than the limit, or whose client goes away. */
@Tag("slow")
class SlowQueriesTest {

    /** The join looks at 10^18 pairs. */
    private static final String ENDLESS = "{\"sql\":\"SELECT count(*) FROM range(1000000000) a(i),"
            + " range(1000000000) b(j) WHERE (i * 31 + j * 17) % 1000003 = -1\"}";

    private static final String COUNT = "{\"sql\":\"SELECT count(*) FROM events\"}";
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int EVENTS = 3_000;

    @TempDir
    private Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private void start(Duration readTime) throws Exception {
        collector.start(CollectorSettings.collector(folder).readYourWrites(true).readTime(readTime));
        collector.track(Collections.nCopies(EVENTS, "{\"e\":\"pv\",\"p\":\"web\",\"page\":\"a\"}")
                .toArray(String[]::new));
        collector.awaitStored();
    }

    @Test
    void sql_that_takes_too_long_is_answered_503_and_others_are_answered() throws Exception {
        start(Duration.ofSeconds(1));
        CompletableFuture<HttpResponse<String>> endless = CompletableFuture.supplyAsync(() -> post(ENDLESS));
        await().atMost(LONG).until(() -> running() == 1 || endless.isDone());

        assertThat(collector.json("/micro/sql", COUNT).path("rows")).hasToString("[[" + EVENTS + "]]");
        assertThat(collector.json("/micro/good").size()).isEqualTo(EVENTS);
        collector.track("{\"e\":\"pv\",\"p\":\"web\"}");

        HttpResponse<String> answer = endless.get(1, TimeUnit.MINUTES);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(JsonMapper.shared().readTree(answer.body()).path("error").asString())
                .startsWith("the query took more than 1 s and was cancelled; select less");
        assertThat(collector.json("/micro/sql", COUNT).path("rows")).hasToString("[[" + (EVENTS + 1) + "]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/micro/good {}",
                "/micro/good {\"event_type\":\"page_view\"}",
                "/micro/events {\"filters\":[{\"column\":\"page_title\",\"values\":[\"a\"],\"contains\":true}]}",
                "/micro/columnStats {\"columns\":[\"page_title\",\"event\",\"app_id\"]}",
                "/micro/sql {\"sql\":\"SELECT*FROM(events)\"}"
            })
    void any_query_that_takes_too_long_is_answered_503(String path, String body) throws Exception {
        start(Duration.ofMillis(1));

        // Whether a single one takes longer than that depends on the machine.
        HttpResponse<String> answer;
        do {
            answer = collector.post(path, body);
            assertThat(answer.statusCode()).as(answer.body()).isIn(200, 503);
        } while (answer.statusCode() == 200);

        assertThat(answer.body()).contains("the query took more than 1 ms and was cancelled; select less");
        collector.track("{\"e\":\"pv\",\"p\":\"web\"}");
        collector.awaitStored();
        collector.close();
        collector.start(CollectorSettings.collector(folder).readYourWrites(true));
        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(EVENTS + 1);
    }

    @Test
    void a_client_that_goes_away_frees_its_query() throws Exception {
        start(Duration.ofDays(1));
        List<Socket> clients = new ArrayList<>();
        // More than there are threads for queries.
        for (int i = 0; i < 6; i++) {
            clients.add(send(ENDLESS));
        }
        // SQL queries run two at a time.
        await().atMost(LONG).until(() -> running() == 2);
        for (Socket client : clients) {
            client.close();
        }

        assertThat(collector.json("/micro/sql", COUNT).path("rows")).hasToString("[[" + EVENTS + "]]");
        assertThat(collector.json("/micro/good").size()).isEqualTo(EVENTS);
        await().atMost(LONG).until(() -> running() == 0);
    }

    /** Returns how many SQL queries run in the database. */
    private static long running() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("internal-events-reading-"))
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getMethodName().equals("executeQuery")
                                || frame.getMethodName().startsWith("duckdb_jdbc")))
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().endsWith(".PeoplesSql")))
                .count();
    }

    private HttpResponse<String> post(String sql) {
        try {
            return TestHttp.post(collector.url() + "/micro/sql", sql);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Socket send(String sql) throws IOException {
        Socket socket = new Socket("127.0.0.1", collector.port());
        socket.getOutputStream()
                .write(("POST /micro/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + sql.length() + "\r\n\r\n" + sql)
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }
}
