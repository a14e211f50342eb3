package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.PseudonymSettings;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.testkit.Payloads;
import dev.internalevents.testkit.TestCertificate;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Access, limits, and what the operator sees. */
class OperationTest {

    private static final String TOKEN = "a secret of the tests";

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @Test
    void nothing_under_micro_is_shown_without_the_token() throws Exception {
        collector.start(CollectorSettings.micro().token(TOKEN));
        assertThat(collector.post(TestCollector.TP2, "{}").statusCode()).isEqualTo(200);

        for (String path : List.of(
                "/micro/all",
                "/micro/good",
                "/micro/bad",
                "/micro/events/1",
                "/micro/columns",
                "/micro/stream",
                "/micro/openapi.json",
                "/micro/export",
                "/metrics",
                "/micro/reset")) {
            HttpResponse<String> refused = collector.get(path);
            assertThat(refused.statusCode()).as(path).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        }
        assertThat(collector
                        .send(collector.to("/micro/bad").header("Authorization", "Bearer " + TOKEN))
                        .statusCode())
                .isEqualTo(200);
        assertThat(collector
                        .send(collector.to("/micro/bad").header("Authorization", "Bearer " + TOKEN + "x"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(collector.get("/ready").body()).doesNotContain("waitingRequests");
        assertThat(collector.get("/micro/ui").statusCode()).isEqualTo(200);

        assertThat(collector.post("/micro/login", "{\"token\":\"wrong\"}").statusCode())
                .isEqualTo(401);
        HttpResponse<String> login = collector.post("/micro/login", "{\"token\":\"" + TOKEN + "\"}");
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict").doesNotContain(TOKEN);
        assertThat(collector
                        .send(collector.to("/micro/all").header("Cookie", cookie.split(";")[0]))
                        .statusCode())
                .isEqualTo(200);
        assertThat(collector
                        .send(collector.to("/micro/all").header("Cookie", "internal_events_session=guess"))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void a_public_address_needs_a_token_or_a_word() {
        assertThatThrownBy(() -> CollectorSettings.micro().host("0.0.0.0").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host: 0.0.0.0 can be reached by others")
                .hasMessageContaining("--open-to-all");
        assertThat(CollectorSettings.micro()
                        .host("0.0.0.0")
                        .openToAll(true)
                        .build()
                        .isLoopback())
                .isFalse();
        assertThat(CollectorSettings.micro()
                        .host("0.0.0.0")
                        .token(TOKEN)
                        .build()
                        .token())
                .isEqualTo(TOKEN);
        assertThatThrownBy(() -> CollectorSettings.micro().token("short").build())
                .hasMessageContaining("16 characters");
    }

    @Test
    void only_a_trusted_proxy_says_where_a_request_comes_from() throws Exception {
        collector.start(CollectorSettings.micro());
        sendForwarded("6.6.6.6");
        assertThat(address()).isEqualTo("127.0.0.1");
        collector.close();

        collector.start(CollectorSettings.micro().trustedProxies(List.of("127.0.0.0/8", "10.0.0.7")));
        sendForwarded("6.6.6.6, 203.0.113.9, 10.0.0.7");
        assertThat(address()).isEqualTo("203.0.113.9");
        sendForwarded("2001:db8::1");
        assertThat(address()).isEqualTo("2001:db8::1");
        sendForwarded("6.6.6.6, not an address");
        assertThat(address()).isEqualTo("127.0.0.1");
        assertThatThrownBy(() -> CollectorSettings.micro()
                        .trustedProxies(List.of("10.0.0.0/40"))
                        .build())
                .hasMessageContaining("trusted-proxy: \"10.0.0.0/40\"");
    }

    private void sendForwarded(String header) throws Exception {
        collector.send(collector.to("/i?e=pv").header("X-Forwarded-For", header));
    }

    private String address() throws Exception {
        return collector.json("/micro/good").get(0).at("/event/user_ipaddress").asString();
    }

    @Test
    void a_source_that_sends_too_much_is_told_to_wait() throws Exception {
        collector.start(CollectorSettings.micro().requestsPerSecond(1));
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> answer = collector.post(TestCollector.TP2, "{}");
            if (answer.statusCode() == 429) {
                refused++;
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            }
        }
        assertThat(refused).isPositive();
        assertThat(collector.get("/micro/all").statusCode()).isEqualTo(200);
        assertThat(collector.get("/metrics").body())
                .contains("\ninternal_events_requests_limited_total " + refused + ".0\n");
    }

    @Test
    void behind_a_proxy_each_sender_has_its_own_limit_and_cannot_change_it() throws Exception {
        collector.start(CollectorSettings.micro()
                .trustedProxies(List.of("127.0.0.1"))
                .requestsPerSecond(2)
                .pipeline(new PipelineSettings(true, 4, null)));
        for (int i = 0; i < 10; i++) {
            assertThat(forwarded("203.0.113." + i + ":5678")).isEqualTo(200);
            assertThat(forwarded("[2001:db8::" + i + "]:443")).isEqualTo(200);
        }
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            HttpRequest.Builder request = collector.to("/i?e=pv").header("X-Forwarded-For", "198.51.100." + i);
            answers.add(collector
                    .send(request.header("X-Forwarded-For", "203.0.113.77"))
                    .statusCode());
        }
        assertThat(answers).contains(429);
    }

    @Test
    void behind_a_proxy_each_address_has_its_own_tries_to_sign_in() throws Exception {
        collector.start(CollectorSettings.micro().token(TOKEN).trustedProxies(List.of("127.0.0.1")));
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(logIn("wrong", "203.0.113.1"));
        }
        assertThat(answers).contains(429);
        assertThat(logIn(TOKEN, "203.0.113.2")).isEqualTo(200);
    }

    private int forwarded(String address) throws Exception {
        return collector
                .send(collector.to("/i?e=pv").header("X-Forwarded-For", address))
                .statusCode();
    }

    private int logIn(String token, String address) throws Exception {
        return collector
                .send(collector
                        .to("/micro/login")
                        .header("X-Forwarded-For", address)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + token + "\"}")))
                .statusCode();
    }

    @Test
    void limits_are_said_with_the_status_made_for_them() throws Exception {
        collector.start(CollectorSettings.micro()
                .limits(new CollectorSettings.Limits(100_000, 100, 8_192, 4_096, 3, Duration.ofMillis(300))));
        StringBuilder events = new StringBuilder(
                "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[");
        for (int i = 0; i < 200; i++) {
            events.append(i == 0 ? "" : ",").append("{\"e\":\"pv\"}");
        }
        HttpResponse<String> tooMany = collector.post(TestCollector.TP2, events + "]}");
        assertThat(tooMany.statusCode()).isEqualTo(413);
        assertThat(tooMany.body()).contains("more than 100 events");
        assertThat(collector.post(TestCollector.TP2, "x".repeat(100_001)).statusCode())
                .isEqualTo(413);
        assertThat(collector.get("/i?e=pv&page=" + "x".repeat(9_000)).statusCode())
                .isEqualTo(414);
        assertThat(collector
                        .send(collector.to("/i?e=pv").header("X-Large", "x".repeat(5_000)))
                        .statusCode())
                .isEqualTo(431);
        assertThat(collector.raw("POST " + TestCollector.TP2 + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"))
                .startsWith("HTTP/1.1 408 ");

        List<Socket> open = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket("127.0.0.1", collector.port());
                open.add(socket);
                socket.setSoTimeout(30_000);
                socket.getOutputStream()
                        .write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                answers.add(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        assertThat(answers.subList(3, 8)).containsOnly("HTTP/1.1 503");
    }

    @Test
    void speaks_http_2_with_and_without_tls(@TempDir Path folder) throws Exception {
        // Java's client can start cleartext HTTP/2 only with an upgrade.
        collector.start(CollectorSettings.micro().h2c(true));
        HttpClient two =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpResponse<String> plain = two.send(
                HttpRequest.newBuilder(URI.create(collector.url() + "/i?e=pv")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(plain.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(1);
        collector.close();

        Path keys = TestCertificate.create(folder, "localhost").file();
        collector.start(CollectorSettings.micro().tls(keys, TestCertificate.PASSWORD));
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustAll()}, null);
        HttpClient secure = HttpClient.newBuilder().sslContext(trusting).build();
        HttpResponse<String> answer = secure.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + collector.port() + "/micro/all"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(collector.url()).startsWith("https://");
        collector.close();

        assertThatThrownBy(() -> Collector.start(CollectorSettings.micro()
                        .port(0)
                        .tls(keys, "x7-not-the-password")
                        .build()))
                .hasMessageContaining("keys.p12")
                .hasMessageNotContaining("x7-not-the-password");
        assertThatThrownBy(() -> Collector.start(CollectorSettings.micro()
                        .port(0)
                        .tls(folder.resolve("none.p12"), "")
                        .build()))
                .hasMessageContaining("none.p12 cannot be read");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void names_nobody_where_people_look_when_there_is_a_key(boolean inMemory, @TempDir Path folder) throws Exception {
        PseudonymSettings pseudonyms =
                new PseudonymSettings("0123456789abcdef", EnumSet.allOf(PseudonymSettings.Field.class));
        collector.start(CollectorSettings.micro()
                .folder(inMemory ? null : folder)
                .pipeline(new PipelineSettings(true, 2, pseudonyms)));
        String[] parameters = {
            "uid",
            "alice",
            "url",
            "https://gitlab.test/acme-corp/rocket/-/issues?a=1",
            "refr",
            "https://gitlab.test/acme-corp",
            "co",
            Payloads.contexts(Payloads.selfDescribing(
                    Payloads.GITLAB_STANDARD,
                    Map.of("environment", "x", "user_id", 4711, "global_user_id", "globalname")))
        };
        collector.post(
                TestCollector.TP2,
                Payloads.of(
                        Payloads.parameters("e", "pv", parameters),
                        Payloads.parameters("e", "pv", parameters),
                        Payloads.parameters("e", "nonsense", parameters)));

        String good = collector.get("/micro/good").body();
        String bad = collector.get("/micro/bad").body();
        for (String answer : List.of(
                good,
                bad,
                collector.post("/micro/events", "{}").body(),
                collector.get("/micro/events/3").body())) {
            assertThat(answer).doesNotContain("alice", "4711", "globalname", "acme-corp", "rocket");
        }
        assertThat(collector.json("/micro/failed/retry", "").toString())
                .isEqualTo("{\"good\":0,\"stillFailed\":1,\"withoutRequest\":0}");
        var fields = collector.json("/micro/good").get(0).path("event");
        assertThat(fields.path("page_url").asString())
                .matches("https://gitlab.test/[0-9a-f]{32}/[0-9a-f]{32}/-/issues\\?a=1");
        assertThat(fields.path("user_id"))
                .isEqualTo(collector.json("/micro/good").get(1).at("/event/user_id"));
        assertThat(fields.path("user_ipaddress").asString()).isEqualTo("127.0.x.x");
        assertThat(collector.json("/micro/all").path("bad").asInt()).isEqualTo(1);
    }

    @Test
    void tells_its_numbers() throws Exception {
        collector.start(CollectorSettings.micro());
        collector.post(TestCollector.TP2, "{}");
        collector.get("/i?e=pv");
        collector.get("/i?e=nonsense");
        collector.get("/micro/all");

        assertThat(collector.get("/metrics").body())
                .contains(
                        "# TYPE internal_events_events_good_total counter",
                        "internal_events_requests_received_total 3.0\n",
                        "internal_events_events_good_total 1.0\n",
                        "internal_events_events_failed_total{step=\"split\"} 1.0\n",
                        "internal_events_events_failed_total{step=\"atomic\"} 1.0\n",
                        "internal_events_requests_waiting 0.0\n",
                        "internal_events_processing 1.0\n");
        assertThat(collector.json("/ready").path("processesEvents").asBoolean()).isTrue();
    }

    @Test
    void tells_how_requests_were_answered_and_what_it_runs_on(@TempDir Path folder) throws Exception {
        collector.start(CollectorSettings.collector(folder).readYourWrites(true));
        collector.get("/i?e=pv");
        collector.get("/i?e=pv");
        collector.get("/micro/all");
        collector.get("/micro/nothing-here");
        collector.get("/not/a/path");

        String seconds = "internal_events_http_request_seconds_count";
        assertThat(collector.get("/metrics").body())
                .contains(
                        seconds + "{route=\"trackers\",status=\"200\"} 2\n",
                        seconds + "{route=\"/micro/all\",status=\"200\"} 1\n",
                        seconds + "{route=\"unknown\",status=\"404\"} 2\n",
                        "internal_events_http_request_seconds_bucket{route=\"trackers\",status=\"200\",le=\"+Inf\"} 2\n",
                        "internal_events_build_info{version=\"" + ProductVersion.CURRENT + "\"} 1\n",
                        "\njvm_memory_used_bytes{area=\"heap\"} ",
                        "\nprocess_start_time_seconds ")
                .containsPattern("\ninternal_events_store_bytes [1-9]")
                .containsPattern("\ninternal_events_disk_free_bytes [1-9]");
    }

    @Test
    void every_metric_has_a_description_and_openmetrics_is_answered_if_asked_for() throws Exception {
        collector.start(CollectorSettings.micro());

        List<String> lines = collector.get("/metrics").body().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("# TYPE ")) {
                String name = lines.get(i).split(" ", -1)[2];
                assertThat(lines.get(i - 1)).startsWith("# HELP " + name + " ");
            }
        }
        HttpRequest.Builder openMetrics =
                collector.to("/metrics").header("Accept", "application/openmetrics-text; version=1.0.0");
        assertThat(collector.send(openMetrics).body()).endsWith("# EOF\n");
    }

    /** Trusts any certificate, because the test creates its own. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
