package dev.internalevents.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.settings.DeliverySettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.TestHttp;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InternalEventFilterTest {

    private static final EnumSet<DispatcherType> DISPATCHES =
            EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);

    private final ConcurrentLinkedQueue<String> accessLog = new ConcurrentLinkedQueue<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void a_skipped_path_without_a_slash_is_refused() {
        InternalEventFilter.Builder builder = InternalEventFilter.builder();

        assertThatThrownBy(() -> builder.skipPaths(List.of("/health", "monitoring")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("skipPaths: \"monitoring\" does not start with a slash, so no request has this path;"
                        + " expected \"/monitoring\"");
    }

    @Test
    void a_request_has_its_context_and_the_access_log_its_events() throws Exception {
        Collector collector = collector();
        InternalEventsClient client = client(collector, 1);
        URI server =
                server(pool(), InternalEventFilter.builder().environment("test").source("s"), (request, response) -> {
                    client.trackEvent("request_b");
                    client.trackEvent("request_a");
                    response.getWriter().print(request.getAttribute(InternalEventFilter.TRACKED_INTERNAL_EVENTS));
                });

        assertThat(get(server, "/x", Map.of("X-Gitlab-Realm", "saas", "X-Request-ID", "r1")))
                .isEqualTo("[request_a, request_b]");

        assertThat(accessLog).containsExactly("/x request_a,request_b");
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        assertThat(contexts(collector)).hasSize(2).allSatisfy(context -> {
            assertThat(context.path("environment").asString()).isEqualTo("test");
            assertThat(context.path("source").asString()).isEqualTo("s");
            assertThat(context.path("realm").asString()).isEqualTo("saas");
            assertThat(context.path("correlation_id").asString()).isEqualTo("r1");
        });
    }

    @Test
    void a_name_from_outside_is_one_name_on_one_line_of_the_access_log() throws Exception {
        Collector collector = collector();
        InternalEventsClient client = client(collector, 1);
        URI server = server(pool(), InternalEventFilter.builder(), (request, response) -> {
            client.trackEvent("a,b");
            client.trackEvent("c\n127.0.0.1 GET /forged");
            response.getWriter().print(request.getAttribute(InternalEventFilter.TRACKED_INTERNAL_EVENTS));
        });

        assertThat(get(server, "/x", Map.of())).isEqualTo("[a?b, c\\n127.0.0.1 GET /forged]");
        assertThat(accessLog).containsExactly("/x a?b,c\\n127.0.0.1 GET /forged");
    }

    @Test
    void a_filter_and_a_client_that_are_told_no_environment_have_the_same() throws Exception {
        Page environment = (request, response) ->
                response.getWriter().print(EventContext.current().environment());
        InternalEventSettings staging =
                new InternalEventSettings(DeliverySettings.disabled("shop", "internal-events"), false, "staging");

        assertThat(get(server(pool(), InternalEventFilter.builder(), environment), "/", Map.of()))
                .isEqualTo(EventContext.empty().environment())
                .isEqualTo("production");
        assertThat(get(server(pool(), InternalEventFilter.builder(staging), environment), "/", Map.of()))
                .isEqualTo("staging");
    }

    @Test
    void skipped_paths_and_a_disabled_filter_pass_straight_through() throws Exception {
        Page page =
                (request, response) -> response.getWriter().print(RequestTracking.current() == null ? "none" : "one");
        URI server = server(pool(), InternalEventFilter.builder().skipPaths(List.of("/monitoring/healthz")), page);
        URI disabled = server(pool(), InternalEventFilter.builder().enabled(false), page);

        assertThat(get(server, "/monitoring/healthz", Map.of())).isEqualTo("none");
        assertThat(get(server, "/monitoring/healthz/more", Map.of())).isEqualTo("one");
        assertThat(get(server, "/", Map.of())).isEqualTo("one");
        assertThat(get(disabled, "/", Map.of())).isEqualTo("none");
    }

    @Test
    void a_bad_header_never_fails_the_request() throws Exception {
        URI server = server(
                pool(),
                InternalEventFilter.builder().claims(request -> {
                    throw new IllegalStateException("no token");
                }),
                (request, response) -> response.getWriter().print(EventContext.current()));

        assertThat(get(
                        server,
                        "/",
                        Map.of(
                                "X-Gitlab-Feature-Enabled-By-Namespace-Ids", "a,,x",
                                "X-Gitlab-Is-Team-Member", "maybe",
                                "X-Gitlab-Root-Namespace-Id", "root",
                                "X-Gitlab-Host-Name", "h".repeat(2_000))))
                .isEqualTo(
                        "EventContext[environment, feature_enabled_by_namespace_ids, context_generated_at, correlation_id]");
    }

    @Test
    void the_context_follows_startAsync_and_dispatch() throws Exception {
        Collector collector = collector();
        InternalEventsClient client = client(collector, 1);
        URI server = server(pool(), InternalEventFilter.builder(), (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                client.trackEvent("request_dispatched");
                response.getWriter().print(EventContext.current().realm());
                return;
            }
            AsyncContext async = request.startAsync();
            request.getAsyncContext().start(() -> {
                client.trackEvent("request_async");
                async.dispatch();
            });
        });

        assertThat(get(server, "/", Map.of("X-Gitlab-Realm", "dedicated"))).isEqualTo("dedicated");
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        assertThat(contexts(collector))
                .hasSize(2)
                .allSatisfy(
                        context -> assertThat(context.path("realm").asString()).isEqualTo("dedicated"));
        assertThat(accessLog).contains("/ request_async,request_dispatched");
    }

    @Test
    void a_thread_keeps_nothing_of_the_request_before() throws Exception {
        // A single thread beyond Jetty's own serves all requests, so leftovers on it would be visible.
        URI server =
                server(pool(), InternalEventFilter.builder().skipPaths(List.of("/skipped")), (request, response) -> {
                    if (request.getRequestURI().equals("/skipped")) {
                        response.getWriter()
                                .print(RequestTracking.current() + " "
                                        + MDC.get(InternalEventFilter.TRACKED_INTERNAL_EVENTS) + " "
                                        + request.getAttribute(InternalEventFilter.TRACKED_INTERNAL_EVENTS));
                    } else if (request.getRequestURI().equals("/async")) {
                        AsyncContext async = request.startAsync();
                        async.start(async::complete);
                    }
                });

        for (int i = 0; i < 50; i++) {
            get(server, "/tracked", Map.of("X-Gitlab-Realm", "saas"));
            get(server, "/async", Map.of("X-Gitlab-Realm", "saas"));
            assertThat(get(server, "/skipped", Map.of())).isEqualTo("null null null");
        }
    }

    @Test
    void no_event_carries_the_context_of_another_request() throws Exception {
        crowd(pool());
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21) // The build also runs these tests on a newer JDK.
    void no_event_carries_the_context_of_another_request_on_virtual_threads() throws Exception {
        QueuedThreadPool pool = pool();
        Method perTask = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
        pool.setVirtualThreadsExecutor((ExecutorService) perTask.invoke(null));
        crowd(pool);
    }

    /** Sends 1,000 requests from 32 threads, each with its own headers; half of them track on another thread. */
    private void crowd(QueuedThreadPool pool) throws Exception {
        Collector collector = collector();
        InternalEventsClient client = client(collector, 100);
        URI server = server(pool, InternalEventFilter.builder(), (request, response) -> {
            String number = request.getParameter("n");
            if (Integer.parseInt(number) % 2 == 0) {
                client.event("request").label(number).track();
            } else {
                AsyncContext async = request.startAsync();
                async.start(() -> {
                    client.event("request").label(number).track();
                    async.complete();
                });
            }
        });
        ExecutorService callers = Executors.newFixedThreadPool(32);
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String n = String.valueOf(i);
            answers.add(callers.submit(() -> get(
                    server,
                    "/?n=" + n,
                    Map.of(
                            "X-Gitlab-Instance-Id",
                            "instance-" + n,
                            "X-Request-ID",
                            "id-" + n,
                            "X-Gitlab-Namespace-Id",
                            n))));
        }
        for (Future<String> answer : answers) {
            answer.get(60, TimeUnit.SECONDS);
        }
        callers.shutdown();
        assertThat(client.flush(Duration.ofSeconds(60))).isTrue();

        JsonNode events = good(collector);
        Map<String, String> seen = new HashMap<>();
        for (JsonNode event : events) {
            String n = event.at("/event/se_label").asString();
            JsonNode context = event.at("/event/contexts/data/0/data");
            assertThat(context.path("instance_id").asString()).isEqualTo("instance-" + n);
            assertThat(context.path("correlation_id").asString()).isEqualTo("id-" + n);
            assertThat(context.path("namespace_id").asString()).isEqualTo(n);
            seen.put(n, n);
        }
        assertThat(seen).hasSize(1_000);
        assertThat(events.size()).isEqualTo(1_000);
    }

    private interface Page {
        void serve(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private URI server(QueuedThreadPool pool, InternalEventFilter.Builder filter, Page page) throws Exception {
        Server server = new Server(pool);
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        Filter log = (request, response, chain) -> {
            chain.doFilter(request, response);
            accessLog.add(((HttpServletRequest) request).getRequestURI() + " "
                    + MDC.get(InternalEventFilter.TRACKED_INTERNAL_EVENTS));
        };
        FilterHolder logHolder = new FilterHolder(log);
        logHolder.setAsyncSupported(true);
        handler.addFilter(logHolder, "/*", DISPATCHES);
        FilterHolder holder = new FilterHolder(filter.build());
        holder.setAsyncSupported(true);
        handler.addFilter(holder, "/*", DISPATCHES);
        handler.addEventListener(new InternalEventRequestListener());
        ServletHolder servlet = new ServletHolder(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                page.serve(request, response);
            }
        });
        servlet.setAsyncSupported(true);
        handler.addServlet(servlet, "/*");
        server.setHandler(handler);
        server.start();
        // Stopping the whole server would wait for the callers' idle connections; its threads are daemons.
        open.add(connector::close);
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    private static QueuedThreadPool pool() {
        QueuedThreadPool pool = new QueuedThreadPool(40, 4);
        pool.setDaemon(true);
        return pool;
    }

    private Collector collector() throws IOException {
        Collector collector = Collector.start(CollectorSettings.local(0));
        open.add(collector);
        return collector;
    }

    private InternalEventsClient client(Collector collector, int batchSize) {
        InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(URI.create(collector.url()))
                .batchSize(batchSize)
                .build();
        open.add(client);
        return client;
    }

    private String get(URI server, String path, Map<String, String> headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(60));
        headers.forEach(request::header);
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private JsonNode good(Collector collector) throws IOException, InterruptedException {
        return JsonMapper.shared()
                .readTree(TestHttp.get(collector.url() + "/micro/good").body());
    }

    private List<JsonNode> contexts(Collector collector) throws IOException, InterruptedException {
        List<JsonNode> contexts = new ArrayList<>();
        good(collector).forEach(event -> contexts.add(event.at("/event/contexts/data/0/data")));
        return contexts;
    }
}
