package dev.internalevents.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * In Chromium, a page of another origin tries every kind of request that pages can send, on every path of the
 * collector. Over plain HTTP, requests to host names of this machine carry Fetch Metadata headers; requests to other
 * names do not.
 */
class ForeignPagesTest {

    private static final String TOKEN = "a secret of the tests";
    private static final String SECRET = "title-that-no-foreign-page-may-see";

    /**
     * Tries every kind of request on each URL in parallel, and returns the kinds and URLs whose response it could read.
     */
    private static final String TRY = """
            async (urls) => {
              const read = [];
              const once = (work) => new Promise((done) => { setTimeout(done, 20000); work(done); });
              const add = (parent, kind, values) => {
                const element = Object.assign(document.createElement(kind), values);
                parent.append(element);
                return element;
              };
              const attempt = async (url) => {
                const found = (way) => read.push(`${way} ${url}`);
                for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'HEAD']) {
                  for (const mode of ['cors', 'no-cors']) {
                    for (const type of method === 'POST' ? ['text/plain', 'application/json'] : ['text/plain']) {
                      try {
                        const bare = method === 'GET' || method === 'HEAD';
                        const answer = await fetch(url, { method, mode, credentials: 'include',
                          headers: bare ? {} : { 'Content-Type': type }, body: bare ? undefined : '{}',
                          signal: AbortSignal.timeout(20000) });
                        if (answer.type !== 'opaque') found(`fetch ${method} ${mode}`);
                      } catch { /* rejected, as expected */ }
                    }
                  }
                }
                await once((done) => add(document.body, 'img', { referrerPolicy: 'no-referrer', onerror: done,
                  onload: () => { found('image'); done(); }, src: url }));
                await once((done) => add(document.head, 'script', { onerror: done,
                  onload: () => { found('script'); done(); }, src: url }));
                await once((done) => {
                  const frame = add(document.body, 'iframe', { src: url, onload: () => {
                    try { if (frame.contentDocument?.body?.innerText) found('iframe'); } catch { /* another origin's */ }
                    done();
                  } });
                });
                await once((done) => {
                  const stream = new EventSource(url, { withCredentials: true });
                  stream.onopen = () => { found('EventSource'); stream.close(); done(); };
                  stream.onerror = () => { stream.close(); done(); };
                });
                await once((done) => {
                  const socket = new WebSocket(url.replace(/^http/, 'ws'));
                  socket.onopen = () => { found('WebSocket'); socket.close(); done(); };
                  socket.onerror = done;
                });
                navigator.sendBeacon(url, '{}');
              };
              await Promise.all(urls.map(attempt));
              return read;
            }""";

    /** Opens each URL in a window of its own, once as a link and once as a form. */
    private static final String OPEN = """
            (urls) => {
              for (const url of urls) {
                window.open(url);
                const form = document.createElement('form');
                Object.assign(form, { method: 'POST', action: url, target: '_blank', enctype: 'text/plain' });
                document.body.append(form);
                form.submit();
              }
            }""";

    /** Sends a GET in every way that hides as much as possible of the page's URL. */
    private static final String RESET = """
            async (url) => {
              const once = (work) => new Promise((done) => { setTimeout(done, 20000); work(done); });
              const add = (kind, values) => {
                const element = Object.assign(document.createElement(kind), values);
                document.body.append(element);
                return element;
              };
              const meta = Object.assign(document.createElement('meta'), { name: 'referrer' });
              document.head.append(meta);
              for (const referrerPolicy of ['no-referrer', 'same-origin', 'origin', 'unsafe-url']) {
                meta.content = referrerPolicy;
                for (const credentials of ['include', 'omit']) {
                  await fetch(url, { mode: 'no-cors', referrerPolicy, credentials, headers: { Accept: '*/*' } })
                    .catch(() => { /* rejected */ });
                }
                for (const kind of ['img', 'script', 'iframe']) {
                  await once((done) => add(kind, { referrerPolicy, onload: done, onerror: done, src: url }));
                }
                await once((done) => {
                  add('iframe', { name: `form-${referrerPolicy}` });
                  const frame = [...document.querySelectorAll('iframe')].at(-1);
                  const form = add('form', { method: 'GET', action: url, target: frame.name, rel: 'noreferrer' });
                  frame.onload = done;
                  form.submit();
                });
                add('link', { rel: 'prefetch', referrerPolicy, href: url });
              }
              window.open(url, '_blank', 'noreferrer');
            }""";

    @AutoClose
    private static Chromium chromium;

    private static HttpServer pages;

    /** The request headers that the pages' server received, by path. */
    private static final Map<String, Map<String, List<String>>> SENT = new ConcurrentHashMap<>();

    private Collector collector;
    private BrowserContext context;

    @BeforeAll
    static void launch() throws IOException {
        chromium = Chromium.launch("--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.test 127.0.0.1");
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/to/", exchange -> {
            exchange.getResponseHeaders()
                    .add("Location", exchange.getRequestURI().getQuery().substring("url=".length()));
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        pages.createContext("/headers/", exchange -> {
            SENT.put(exchange.getRequestURI().getPath(), Map.copyOf(exchange.getRequestHeaders()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        pages.createContext("/", exchange -> {
            byte[] body = "<!doctype html><html><head><title>elsewhere</title></head><body></body></html>"
                    .getBytes(StandardCharsets.UTF_8);
            Answers.send(exchange, 200, "text/html; charset=utf-8", body);
        });
        pages.start();
    }

    @AfterAll
    static void quit() {
        pages.stop(0);
    }

    @AfterEach
    void stop() {
        context.close();
        collector.close();
    }

    /** Returns pairs of the page's host and the host name under which it reaches the collector. */
    static Stream<Arguments> places() {
        return Stream.of(
                Arguments.of("evil.example", "127.0.0.1"),
                Arguments.of("127.0.0.1", "127.0.0.1"),
                Arguments.of("sibling.localhost", "events.localhost"),
                Arguments.of("evil.example", "events.example.test"),
                Arguments.of("events.example.test", "events.example.test"),
                Arguments.of("sibling.example.test", "events.example.test"));
    }

    @ParameterizedTest(name = "a page at {0}, the collector at {1}")
    @MethodSource("places")
    void a_page_of_another_origin_changes_nothing_and_reads_nothing(String pageHost, String host) throws Exception {
        start(CollectorSettings.micro().allowedHosts(List.of("events.example.test")));
        Page page = open(pageHost);
        List<String> addresses = addresses(host);
        assertThat((List<?>) page.evaluate(TRY, addresses)).isEmpty();
        // No frame shows the collector, because its responses forbid framing.
        assertThat(page.frames()).extracting(Frame::url).noneMatch(url -> url.startsWith(address(host, "")));
        navigate(page, addresses);
        assertThat(total()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "events.localhost", "events.example.test"})
    void no_page_resets_a_collector_that_is_compatible_with_micro(String host) throws Exception {
        start(CollectorSettings.micro().compatMicro(true).allowedHosts(List.of("events.example.test")));
        String reset = address(host, "/micro/reset");
        for (String pageHost : List.of("evil.example", "sibling.localhost", host)) {
            Page page = open(pageHost);
            int windows = context.pages().size();
            page.evaluate(RESET, reset);
            page.waitForCondition(() -> context.pages().size() > windows);
            context.pages().get(windows).waitForLoadState();
        }
        // A user opens a page whose server redirects to the collector: the browser marks the request as user-initiated.
        context.newPage().navigate(origin("evil.example") + "/to/?url=" + reset);
        assertThat(total()).isEqualTo(1);
    }

    /**
     * The rule for GET relies on this: requests of pages carry a mark only if they go to a host name of this machine.
     */
    @Test
    void a_browser_marks_what_a_page_sends_to_this_machine() throws Exception {
        start(CollectorSettings.micro());
        Page page = open("evil.example");
        for (String host : List.of("127.0.0.1", "localhost", "events.localhost", "events.example.test")) {
            page.evaluate(
                    "(url) => fetch(url, { mode: 'no-cors', referrerPolicy: 'no-referrer' })",
                    origin(host) + "/headers/" + host);
            Map<String, List<String>> sent = SENT.get("/headers/" + host);
            assertThat(sent).doesNotContainKeys("Origin", "Referer");
            if (host.endsWith(".test")) {
                assertThat(sent).doesNotContainKey("Sec-fetch-site");
            } else {
                assertThat(sent.get("Sec-fetch-site")).containsExactly("cross-site");
            }
        }
        page.navigate(origin("evil.example") + "/to/?url=" + origin("localhost") + "/headers/sent-on");
        assertThat(SENT.get("/headers/sent-on").get("Sec-fetch-site")).containsExactly("none");
    }

    @Test
    void a_session_gives_a_sibling_page_nothing() throws Exception {
        start(CollectorSettings.micro().token("a secret of the tests").allowedHosts(List.of("events.localhost")));
        Page own = context.newPage();
        own.navigate(address("events.localhost", "/micro/ui"));
        own.evaluate("""
                () => fetch('/micro/login', { method: 'POST', body: '{"token":"a secret of the tests"}' })""");
        assertThat((String) own.evaluate("() => fetch('/micro/all').then((answer) => answer.text())"))
                .isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");

        Page page = open("sibling.localhost");
        List<String> addresses = addresses("events.localhost");
        assertThat((List<?>) page.evaluate(TRY, addresses)).isEmpty();
        navigate(page, addresses);
        assertThat(collector.store().summary(null).total()).isEqualTo(1);
    }

    @Test
    void an_origin_that_is_named_reads_and_changes_nothing() throws Exception {
        start(CollectorSettings.micro().allowedOrigins(List.of(origin("app.example"))));
        Page page = open("app.example");
        assertThat(page.evaluate(
                        "(url) => fetch(url).then((answer) => answer.text())", address("127.0.0.1", "/micro/all")))
                .isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
        assertThat((String) page.evaluate("""
                        (url) => fetch(url, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })
                          .then((answer) => answer.text())""", address("127.0.0.1", "/micro/events")))
                .contains(SECRET);
        assertThat((Boolean) page.evaluate("""
                        (url) => new Promise((done) => {
                          const stream = new EventSource(url);
                          stream.addEventListener('summary', () => { stream.close(); done(true); });
                          stream.onerror = () => { stream.close(); done(false); };
                        })""", address("127.0.0.1", "/micro/stream")))
                .isTrue();
        List<String> changes = Stream.of("/micro/reset", "/micro/failed/retry", "/micro/login")
                .map(path -> address("127.0.0.1", path))
                .toList();
        assertThat((List<?>) page.evaluate(TRY, changes)).isEmpty();
        navigate(page, changes);
        assertThat(total()).isEqualTo(1);

        Page other = open("evil.example");
        assertThat((List<?>) other.evaluate(TRY, List.of(address("127.0.0.1", "/micro/all"))))
                .isEmpty();
    }

    @Test
    void the_collectors_own_page_still_reads_and_resets() throws Exception {
        start(CollectorSettings.micro());
        Page page = context.newPage();
        page.navigate(address("127.0.0.1", "/micro/ui"));
        assertThat((String) page.evaluate("() => fetch('/micro/good').then((answer) => answer.text())"))
                .contains(SECRET);
        assertThat((String) page.evaluate(
                        "() => fetch('/micro/reset', { method: 'POST' }).then((answer) => answer.text())"))
                .isEqualTo("{\"total\":0,\"good\":0,\"bad\":0}");
    }

    private void start(CollectorSettingsBuilder settings) throws Exception {
        collector = Collector.start(settings.port(0).build());
        context = chromium.browser().newContext();
        get("/i?e=pv&p=web&page=" + SECRET);
        collector.processor().caughtUp().join();
    }

    private Page open(String host) {
        Page page = context.newPage();
        page.navigate(origin(host) + "/");
        return page;
    }

    /** Opens URLs in windows of their own, as a page can, and checks that none of them shows an event. */
    private void navigate(Page page, List<String> addresses) {
        int part = 5;
        for (int i = 0; i < addresses.size(); i += part) {
            List<String> some = addresses.subList(i, Math.min(i + part, addresses.size()));
            int windows = context.pages().size();
            page.evaluate(OPEN, some);
            page.waitForCondition(() -> context.pages().size() == windows + 2 * some.size());
            for (Page window : context.pages().subList(windows, windows + 2 * some.size())) {
                window.waitForLoadState();
                assertThat(window.content()).as(window.url()).doesNotContain(SECRET);
                window.close();
            }
        }
    }

    private static String origin(String host) {
        return "http://" + host + ":" + pages.getAddress().getPort();
    }

    private String address(String host, String path) {
        return "http://" + host + ":" + collector.port() + path;
    }

    /**
     * Returns the URLs of all paths in the collector's OpenAPI document and in its error for unknown paths, and some
     * more.
     */
    private List<String> addresses(String host) throws Exception {
        JsonNode described = JsonMapper.shared().readTree(get("/micro/openapi.json"));
        TreeSet<String> paths = new TreeSet<>(described.path("paths").propertyNames());
        JsonNode known = JsonMapper.shared().readTree(get("/micro/none"));
        Stream.of(known.path("error")
                        .asString()
                        .replaceFirst(".*there are ", "")
                        .split(", "))
                .forEach(paths::add);
        paths.addAll(List.of("/metrics", "/micro/reset?session=x"));
        assertThat(paths).contains("/micro/reset", "/micro/failed/retry", "/micro/stream", "/micro/login");
        return paths.stream()
                .map(path -> path.replaceAll("\\{[a-z]+}|\\*", "1"))
                .filter(path -> !path.startsWith("/micro/ui") && !path.equals("/micro") && !path.equals("/micro/"))
                .map(path -> address(host, path))
                .distinct()
                .toList();
    }

    private int total() throws Exception {
        return JsonMapper.shared().readTree(get("/micro/all")).path("total").asInt();
    }

    private String get(String path) throws Exception {
        return TestHttp.send(TestHttp.to(collector.url() + path).header("Authorization", "Bearer " + TOKEN))
                .body();
    }
}
