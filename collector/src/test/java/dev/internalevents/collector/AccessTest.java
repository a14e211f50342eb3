package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.testkit.CapturedLog;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read, and who may make changes. */
@Tag("slow")
class AccessTest {

    private static final String TOKEN = "a secret of the tests";
    private static final String READ_TOKEN = "another secret of theirs";
    private static final String FIREFOX =
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private void start(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        track();
    }

    static Stream<Route> routes() {
        return RouteTable.all().stream();
    }

    static Stream<Route> changes() {
        return routes().filter(route -> route.kind() == Route.Kind.CHANGE);
    }

    static Stream<Route> reads() {
        return routes().filter(route -> route.kind() == Route.Kind.READ);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void every_change_is_refused_to_pages_of_other_origins(Route route) throws Exception {
        start(CollectorSettings.micro());
        for (String headers : foreign()) {
            for (String method : List.of("GET", "POST", "PUT", "OPTIONS")) {
                assertThat(status(method, route.path(), headers))
                        .as(method + " " + headers)
                        .isEqualTo(403);
            }
        }
        // Typed, or opened from a bookmark: must not change anything.
        assertThat(status("GET", route.path(), "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate"))
                .isEqualTo(403);
        assertThat(total()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("reads")
    void every_read_is_refused_to_pages_of_other_origins(Route route) throws Exception {
        start(CollectorSettings.micro().allowedOrigins(List.of("https://named.example")));
        for (String headers : foreign()) {
            for (String method : List.of("GET", "POST", "OPTIONS", "HEAD")) {
                String answer = raw(method, path(route), headers);
                assertThat(answer).as(method + " " + headers).startsWith("HTTP/1.1 403 ");
                assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control-");
            }
        }
    }

    /** Headers as browsers send them; the last two are sent over plain HTTP to a host other than this machine. */
    private List<String> foreign() {
        String port = ":" + collector.port();
        List<String> all = new ArrayList<>();
        for (String site : List.of("cross-site", "same-site", "something-new")) {
            all.add("Sec-Fetch-Site: " + site + "\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document");
            all.add("Sec-Fetch-Site: " + site + "\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe");
            all.add("Sec-Fetch-Site: " + site + "\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image");
            all.add("Sec-Fetch-Site: " + site + "\r\nSec-Fetch-Mode: cors\r\nOrigin: http://evil.example");
        }
        all.add("Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site");
        all.add("Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.example");
        all.add("Origin: http://evil.example");
        all.add("Origin: null");
        all.add("Origin: http://127.0.0.1");
        all.add("Origin: http://127.0.0.1:1");
        all.add("Origin: https://127.0.0.1" + port);
        all.add("Origin: http://localhost" + port);
        all.add("Origin: http://127.0.0.1" + port + ".evil.example");
        all.add("Origin: http://127.0.0.1" + port + "\r\nOrigin: http://evil.example");
        all.add("Origin: https://named.example.evil.example");
        all.add("Origin: http://named.example");
        all.add("Referer: http://evil.example/page\r\n" + FIREFOX);
        all.add("Referer: http://127.0.0.1/\r\n" + FIREFOX);
        return all;
    }

    @Test
    void pages_are_reached_by_links_elsewhere_and_loaded_by_none() throws Exception {
        start(CollectorSettings.micro());
        String link = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document";
        assertThat(status("GET", "/micro/ui", link)).isEqualTo(200);
        assertThat(status("GET", "/micro", link)).isEqualTo(302);
        assertThat(status("GET", "/micro/ui", "Referer: http://evil.example/")).isEqualTo(200);
        for (String loaded : List.of(
                link.replace("document", "iframe"),
                link.replace("navigate", "no-cors"),
                link + "\r\nOrigin: http://evil.example",
                "Origin: http://evil.example")) {
            assertThat(status("GET", "/micro/ui", loaded)).as(loaded).isEqualTo(403);
        }
        assertThat(status("POST", "/micro/ui", link)).isEqualTo(405);
        HttpResponse<String> json = collector.get("/micro/all");
        assertThat(json.headers().firstValue("Cross-Origin-Resource-Policy")).hasValue("same-origin");
        assertThat(json.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(json.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void the_own_page_and_programs_change_and_read() throws Exception {
        start(CollectorSettings.micro());
        String own = "Origin: http://127.0.0.1:" + collector.port();
        for (String headers : List.of(
                own,
                own + "\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n" + FIREFOX,
                "Sec-Fetch-Site: same-origin",
                "User-Agent: curl/8.5.0",
                "User-Agent: node\r\nSec-Fetch-Mode: cors",
                "Referer: http://127.0.0.1:" + collector.port() + "/micro/ui")) {
            track();
            assertThat(status("GET", "/micro/all", headers)).as(headers).isEqualTo(200);
            assertThat(status("POST", "/micro/reset", headers)).as(headers).isEqualTo(200);
            assertThat(total()).as(headers).isZero();
        }
        assertThat(status("GET", "/micro/all", "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate"))
                .isEqualTo(200);
    }

    @Test
    void behind_a_proxy_the_origin_is_that_of_the_proxy() throws Exception {
        start(CollectorSettings.micro().trustedProxies(List.of("127.0.0.0/8")).token(TOKEN));
        String bearer = "Authorization: Bearer " + TOKEN + "\r\nOrigin: https://events.example\r\n";
        assertThat(rawTo("events.example", "POST", "/micro/reset", bearer + "X-Forwarded-Proto: https"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(rawTo("events.example", "POST", "/micro/reset", bearer + "X-Forwarded-Proto: http"))
                .startsWith("HTTP/1.1 403 ");
        collector.close();

        start(CollectorSettings.micro().publicUrl(URI.create("https://events.example/collector")));
        assertThat(raw("POST", "/micro/reset", "Origin: https://events.example"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(raw("POST", "/micro/reset", "Origin: http://events.example")).startsWith("HTTP/1.1 403 ");
        assertThat(raw("POST", "/micro/reset", "Origin: https://named.example\r\nX-Forwarded-Proto: https"))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void an_origin_that_is_named_reads_and_changes_nothing() throws Exception {
        start(CollectorSettings.micro().allowedOrigins(List.of("https://app.example", "http://localhost:3000")));
        String origin = "Origin: http://localhost:3000\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors";
        assertThat(raw("GET", "/micro/all", origin))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("access-control-allow-origin: http://localhost:3000\r\n")
                .containsIgnoringCase("vary: Origin")
                .doesNotContainIgnoringCase("allow-credentials")
                .contains("\"total\":1");
        assertThat(raw("POST", "/micro/events", origin)).containsIgnoringCase("access-control-allow-origin");
        assertThat(raw("OPTIONS", "/micro/events", origin + "\r\nAccess-Control-Request-Method: POST"))
                .startsWith("HTTP/1.1 204 ")
                .containsIgnoringCase("access-control-allow-methods: GET, POST")
                .containsIgnoringCase("access-control-allow-headers: Authorization, Content-Type, X-Micro-Session");
        for (String change :
                List.of("/micro/reset", "/micro/failed/retry", "/micro/backup", "/micro/forget", "/micro/login")) {
            for (String method : List.of("POST", "GET", "OPTIONS")) {
                assertThat(raw(method, change, origin + "\r\nAccess-Control-Request-Method: POST"))
                        .as(method + change)
                        .startsWith("HTTP/1.1 403 ")
                        .doesNotContainIgnoringCase("access-control-");
            }
        }
        assertThat(total()).isEqualTo(1);
        assertThatThrownBy(() -> CollectorSettings.micro()
                        .allowedOrigins(List.of("app.example/x"))
                        .build())
                .hasMessageStartingWith("allow-origin: \"app.example/x\" is not an origin");
    }

    @ParameterizedTest
    @MethodSource("reads")
    void an_origin_that_is_named_reads_events_and_nothing_else(Route route) throws Exception {
        start(CollectorSettings.micro().compatMicro(true).allowedOrigins(List.of("http://localhost:3000")));
        String origin = "Origin: http://localhost:3000\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\n"
                + "Access-Control-Request-Method: POST";
        boolean shared = List.of(
                        "/micro/all",
                        "/micro/good",
                        "/micro/bad",
                        "/micro/events",
                        "/micro/events/*",
                        "/micro/await",
                        "/micro/stream")
                .contains(route.path());
        assertThat(status("OPTIONS", path(route), origin)).isEqualTo(shared ? 204 : 403);
    }

    @Test
    void a_path_that_is_not_declared_is_not_answered() throws Exception {
        start(CollectorSettings.micro().token(TOKEN));
        assertThat(status("GET", "/micro/new-route", "")).isEqualTo(401);
        assertThat(raw("GET", "/micro/all", "Authorization: Bearer another"))
                .startsWith("HTTP/1.1 401 ")
                .contains("the token in the request is not the collector's");
        assertThat(raw("POST", "/micro/new-route", "Authorization: Bearer " + TOKEN))
                .startsWith("HTTP/1.1 404 ")
                .contains("/micro/all, ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "LocalHost.",
                "app.localhost",
                "a.b.LOCALHOST.",
                "127.0.0.1",
                "127.0.0.2",
                "127.255.255.254",
                "[::1]",
                "[0:0:0:0:0:0:0:1]",
                "micro",
                "Micro.",
                "micro:80"
            })
    void this_machine_and_names_that_are_let_in_are_answered(String host) throws Exception {
        start(CollectorSettings.micro().allowedHosts(List.of("MICRO")));
        assertThat(rawTo(host, "GET", "/micro/all", "")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "evillocalhost",
                "..localhost",
                ".localhost",
                "a..localhost",
                "127.0.0.1.evil.example",
                "127.1",
                "128.0.0.1",
                "2130706433",
                "0.0.0.0",
                "[::2]",
                "micro2"
            })
    void other_names_are_not_answered_unless_everybody_is_let_in(String host) throws Exception {
        start(CollectorSettings.micro().allowedHosts(List.of("micro")));
        assertThat(rawTo(host, "GET", "/micro/all", ""))
                .startsWith("HTTP/1.1 403 ")
                .contains("--allow-host");
        assertThat(rawTo(host, "GET", "/metrics", "")).startsWith("HTTP/1.1 403 ");
        assertThat(rawTo(host, "GET", "/ready", "")).startsWith("HTTP/1.1 200 ").doesNotContain("waitingRequests");
        assertThat(rawTo(host, "GET", "/i?e=pv", "")).startsWith("HTTP/1.1 200 ");
        collector.close();

        start(CollectorSettings.micro().openToAll(true));
        assertThat(rawTo(host, "GET", "/micro/all", "")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void a_get_resets_a_local_collector_for_programs_on_this_machine_alone() throws Exception {
        start(CollectorSettings.micro().allowedHosts(List.of("micro")));
        for (String browser : List.of(
                "Upgrade-Insecure-Requests: 1",
                FIREFOX,
                "User-Agent: Opera/9.80",
                "Sec-Fetch-Site: same-origin",
                "Referer: http://127.0.0.1:" + collector.port() + "/micro/ui",
                "Origin: http://127.0.0.1:" + collector.port())) {
            assertThat(status("GET", "/micro/reset", browser)).as(browser).isEqualTo(405);
        }
        assertThat(rawTo("micro", "GET", "/micro/reset", ""))
                .startsWith("HTTP/1.1 405 ")
                .contains("--compat micro");
        assertThat(status("HEAD", "/micro/reset", "")).isEqualTo(405);
        assertThat(total()).isEqualTo(1);
        assertThat(status("GET", "/micro/reset", "User-Agent: curl/8.5.0")).isEqualTo(200);
        assertThat(total()).isZero();
        collector.close();

        start(CollectorSettings.micro().allowedHosts(List.of("micro")).compatMicro(true));
        assertThat(rawTo("micro", "GET", "/micro/reset", FIREFOX))
                .startsWith("HTTP/1.1 405 ")
                .contains("over plain HTTP", "localhost");
        assertThat(rawTo("micro", "GET", "/micro/reset", "")).startsWith("HTTP/1.1 200 ");
        assertThat(total()).isZero();
    }

    @Test
    void compatible_with_micro_a_get_with_a_browsers_name_resets_unless_a_page_sent_it() throws Exception {
        for (String host : List.of("localhost", "127.0.0.1", "events.localhost", "[::1]")) {
            start(CollectorSettings.micro().compatMicro(true));
            String here = "http://" + host + ":" + collector.port();
            for (String page : List.of(
                    "Origin: " + here,
                    "Origin: null",
                    "Origin: http://evil.test",
                    "Referer: " + here + "/micro/ui",
                    "Referer: http://evil.test/",
                    "Referer: ",
                    "Upgrade-Insecure-Requests: 1",
                    "Sec-Fetch-Site: none",
                    "Sec-Fetch-Site: same-site",
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: ")) {
                assertThat(rawTo(host, "GET", "/micro/reset", FIREFOX + "\r\n" + page))
                        .as(page)
                        .doesNotStartWith("HTTP/1.1 200 ");
            }
            assertThat(total()).isEqualTo(1);
            assertThat(rawTo(host, "GET", "/micro/reset", FIREFOX)).startsWith("HTTP/1.1 200 ");
            assertThat(total()).isZero();
            collector.close();
        }
        start(CollectorSettings.micro());
        assertThat(raw("GET", "/micro/reset", FIREFOX))
                .startsWith("HTTP/1.1 405 ")
                .contains("User-Agent of a browser", "--compat micro");
        assertThat(raw("GET", "/micro/reset", "Referer: http://127.0.0.1:" + collector.port() + "/micro/ui"))
                .startsWith("HTTP/1.1 405 ")
                .contains("the header Referer");
        assertThat(total()).isEqualTo(1);
    }

    @Test
    void a_page_of_this_machine_is_told_what_lets_it_in() throws Exception {
        start(CollectorSettings.micro());
        assertThat(raw("GET", "/micro/good", "Origin: http://127.0.0.1:3000"))
                .startsWith("HTTP/1.1 403 ")
                .contains("--allow-origin, or all pages of this machine with --compat micro");
        assertThat(raw("GET", "/micro/good", "Origin: http://evil.test"))
                .startsWith("HTTP/1.1 403 ")
                .contains("--allow-origin")
                .doesNotContain("--compat micro");
    }

    @Test
    void a_collector_resets_only_if_it_was_started_so_and_logs_it(@TempDir Path folder) throws Exception {
        start(CollectorSettings.collector(folder.resolve("a")).readYourWrites(true));
        for (String method : List.of("POST", "GET")) {
            assertThat(raw(method, "/micro/reset", ""))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("start it with --allow-reset");
        }
        assertThat(total()).isEqualTo(1);
        collector.close();

        try (CapturedLog log = CapturedLog.of("dev.internalevents.collector.micro.ResetEvents")) {
            start(CollectorSettings.collector(folder.resolve("b"))
                    .readYourWrites(true)
                    .allowReset(true)
                    .token(TOKEN));
            String bearer = "Authorization: Bearer " + TOKEN;
            assertThat(raw("GET", "/micro/reset", bearer)).startsWith("HTTP/1.1 405 ");
            assertThat(raw("POST", "/micro/reset", bearer)).startsWith("HTTP/1.1 200 ");
            assertThat(log.messages())
                    .containsExactly("/micro/reset removed 1 events, requested with a token, from 127.0.0.1");
        }
    }

    @Test
    void the_read_token_reads_and_changes_nothing() throws Exception {
        start(CollectorSettings.micro().token(TOKEN).readToken(READ_TOKEN));
        String bearer = "Authorization: Bearer " + READ_TOKEN;
        assertThat(raw("GET", "/micro/all", bearer)).startsWith("HTTP/1.1 200 ");
        assertThat(raw("POST", "/micro/events", bearer + "\r\nContent-Type: application/json"))
                .doesNotContain(" 401 ", " 403 ");
        assertThat(raw("GET", "/metrics", bearer)).startsWith("HTTP/1.1 200 ");
        assertThat(raw("GET", "/ready", bearer)).contains("waitingRequests");
        for (String change : List.of("/micro/reset", "/micro/failed/retry")) {
            assertThat(raw("POST", change, bearer)).startsWith("HTTP/1.1 403 ").contains("is read-only");
        }
        assertThat(raw("GET", "/micro/reset", bearer)).startsWith("HTTP/1.1 403 ");

        String reading = "Cookie: " + session(READ_TOKEN);
        assertThat(raw("GET", "/micro/all", reading)).contains("\"total\":1");
        assertThat(raw("POST", "/micro/reset", reading)).startsWith("HTTP/1.1 403 ");
        assertThat(raw("POST", "/micro/reset", "Cookie: " + session(TOKEN))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void a_stream_begins_with_what_its_reader_may_change(@TempDir Path folder) throws Exception {
        start(CollectorSettings.collector(folder.resolve("a"))
                .readYourWrites(true)
                .token(TOKEN)
                .readToken(READ_TOKEN));
        assertThat(rights(TOKEN)).isEqualTo("{\"change\":true,\"reset\":false}");
        assertThat(rights(READ_TOKEN)).isEqualTo("{\"change\":false,\"reset\":false}");
        collector.close();

        start(CollectorSettings.collector(folder.resolve("b"))
                .readYourWrites(true)
                .allowReset(true)
                .token(TOKEN)
                .readToken(READ_TOKEN));
        assertThat(rights(TOKEN)).isEqualTo("{\"change\":true,\"reset\":true}");
        assertThat(rights(READ_TOKEN)).isEqualTo("{\"change\":false,\"reset\":false}");
    }

    private String rights(String token) throws Exception {
        HttpResponse<InputStream> stream = HttpClient.newHttpClient()
                .send(
                        collector
                                .to("/micro/stream")
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (!"event: rights".equals(line)) {
                assertThat(line).isNotNull().doesNotStartWith("event: ");
                line = lines.readLine();
            }
            return lines.readLine().substring("data: ".length());
        }
    }

    @Test
    void sessions_of_readers_never_end_those_of_admins() throws Exception {
        start(CollectorSettings.micro().token(TOKEN).readToken(READ_TOKEN));
        String admin = session(TOKEN);
        for (int i = 0; i < 1_500; i++) {
            session(READ_TOKEN);
        }
        assertThat(raw("POST", "/micro/reset", "Cookie: " + admin)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void one_session_too_many_logs_nobody_else_out() throws Exception {
        start(CollectorSettings.micro().token(TOKEN));
        List<String> sessions = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            sessions.add(session(TOKEN));
        }
        int ended = 0;
        for (String session : sessions) {
            ended += raw("GET", "/micro/all", "Cookie: " + session).startsWith("HTTP/1.1 200 ") ? 0 : 1;
        }
        assertThat(ended).isLessThanOrEqualTo(1);
        assertThat(raw("GET", "/micro/all", "Cookie: " + sessions.get(1_000))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void a_read_token_is_a_secret_of_its_own() {
        assertThatThrownBy(() -> CollectorSettings.micro().readToken(READ_TOKEN).build())
                .hasMessageStartingWith("read-token: it needs a token");
        assertThatThrownBy(() -> CollectorSettings.micro()
                        .token(TOKEN)
                        .readToken("short")
                        .build())
                .hasMessageStartingWith("read-token: it has fewer than 16 characters");
        assertThatThrownBy(() ->
                        CollectorSettings.micro().token(TOKEN).readToken(TOKEN).build())
                .hasMessageStartingWith("read-token: it is the same as the token");
    }

    @Test
    void wrong_logins_lock_out_no_right_one() throws Exception {
        start(CollectorSettings.micro().token(TOKEN));
        List<Integer> wrong = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            wrong.add(collector.post("/micro/login", "{\"token\":\"wrong\"}").statusCode());
        }
        assertThat(wrong).contains(401, 429);
        for (int i = 0; i < 20; i++) {
            assertThat(session(TOKEN)).startsWith("internal_events_session=");
        }
    }

    @Test
    void what_is_changed_on_the_builder_later_changes_nothing() {
        List<String> hosts = new ArrayList<>(List.of("micro"));
        List<String> origins = new ArrayList<>(List.of("https://app.example"));
        CollectorSettingsBuilder builder = CollectorSettings.micro()
                .token(TOKEN)
                .allowedHosts(hosts)
                .allowedOrigins(origins)
                .port(1234);
        CollectorSettings built = builder.build();

        hosts.add("evil");
        origins.add("https://evil.example");
        builder.port(0)
                .host("0.0.0.0")
                .token(null)
                .openToAll(true)
                .readToken(READ_TOKEN)
                .allowReset(false);
        builder.iglu(Path.of("."))
                .allowedHosts(List.of())
                .allowedOrigins(List.of())
                .folder(Path.of("x"));

        assertThat(built.port()).isEqualTo(1234);
        assertThat(built.isLoopback()).isTrue();
        assertThat(built.token()).isEqualTo(TOKEN);
        assertThat(built.readToken()).isNull();
        assertThat(built.isOpenToAll()).isFalse();
        assertThat(built.isResetAllowed()).isTrue();
        assertThat(built.allowedHosts()).containsExactly("micro");
        assertThat(built.allowedOrigins()).containsExactly("https://app.example");
        assertThat(built.registries()).isEmpty();
        assertThat(built.folder()).isNull();
    }

    private String session(String token) throws Exception {
        HttpResponse<String> answer = collector.post("/micro/login", "{\"token\":\"" + token + "\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    private void track() throws Exception {
        assertThat(collector
                        .send(collector
                                .to("/i?e=pv&p=web&eid=" + java.util.UUID.randomUUID())
                                .method("GET", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(200);
    }

    private long total() {
        collector.processor().caughtUp().join();
        return collector.store().summary(null).total();
    }

    private static String path(Route route) {
        return route.path().replace("*", "1");
    }

    private int status(String method, String path, String headers) throws Exception {
        return Integer.parseInt(raw(method, path, headers).split(" ", 3)[1]);
    }

    private String raw(String method, String path, String headers) throws Exception {
        return rawTo("127.0.0.1:" + collector.port(), method, path, headers);
    }

    private String rawTo(String host, String method, String path, String headers) throws Exception {
        return collector.raw(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n"
                + (method.equals("POST") ? "Content-Length: 0\r\n" : "")
                + (headers.isEmpty() ? "" : headers + "\r\n")
                + "Connection: close\r\n\r\n");
    }
}
