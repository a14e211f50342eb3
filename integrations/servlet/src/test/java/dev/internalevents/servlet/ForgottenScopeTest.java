package dev.internalevents.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.RequestTracking;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The application makes a context current and does not close the scope: no later request may see it. */
@Tag("slow")
class ForgottenScopeTest {

    private static final int ROUNDS = 30;

    /** With 1 ms, Jetty did not report every timeout on a machine under load. */
    private static final long TIMEOUT_MILLIS = 100;

    private static final List<String> PAGES =
            List.of("/plain", "/nested", "/failing", "/sendError", "/startAsync", "/dispatch", "/task", "/timeout");

    /** Pages with a {@code ReadListener} or a {@code WriteListener}. */
    private static final List<String> STREAMING_PAGES = List.of("/read", "/write");

    private static final List<String> SKIPPED_PAGES = List.of(
            "/skipped/plain",
            "/skipped/failing",
            "/skipped/task",
            "/skipped/timeout",
            "/skipped/read",
            "/skipped/write");

    @ParameterizedTest
    @FieldSource({"PAGES", "STREAMING_PAGES", "SKIPPED_PAGES"})
    void is_gone_after_the_filter(String path) throws Exception {
        List<String> skipped = new ArrayList<>(SKIPPED_PAGES);
        skipped.add("/probe");
        InternalEventFilter filter =
                InternalEventFilter.builder().skipPaths(skipped).build();
        try (ServletServer server = ServletServer.start(filter, List.of(), ForgottenScopeTest::serve)) {
            staysClean(server, path);
        }
    }

    @ParameterizedTest
    @FieldSource({"PAGES", "STREAMING_PAGES"})
    void is_gone_after_a_disabled_filter(String path) throws Exception {
        InternalEventFilter filter =
                InternalEventFilter.builder().enabled(false).build();
        try (ServletServer server = ServletServer.start(filter, List.of(), ForgottenScopeTest::serve)) {
            staysClean(server, path);
        }
    }

    @ParameterizedTest
    @FieldSource("PAGES")
    void is_gone_with_the_listener_alone(String path) throws Exception {
        try (ServletServer server =
                ServletServer.start(null, List.of(new InternalEventRequestListener()), ForgottenScopeTest::serve)) {
            staysClean(server, path);
        }
    }

    @Test
    void does_not_hide_the_context_that_the_error_page_belongs_to() throws Exception {
        try (ServletServer server =
                ServletServer.start(InternalEventFilter.builder().build(), List.of(), ForgottenScopeTest::serve)) {
            assertThat(server.get("/sendError", Map.of("X-Gitlab-Realm", "saas")))
                    .isEqualTo("saas");
        }
    }

    private static void staysClean(ServletServer server, String path) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            server.get(path, Map.of("X-Gitlab-Realm", "saas"));
            assertThat(server.get("/probe", Map.of())).isEqualTo("none");
        }
    }

    private static void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            leak();
            return;
        }
        switch (request.getRequestURI()) {
            case "/probe" -> response.getWriter().print(RequestTracking.current() == null ? "none" : "leaked");
            case "/plain", "/skipped/plain" -> leak();
            case "/nested" -> {
                leak();
                leak();
            }
            case "/failing", "/skipped/failing" -> {
                leak();
                throw new IllegalStateException("of the application");
            }
            case "/sendError" -> {
                leak();
                response.sendError(500);
            }
            case "/startAsync" -> {
                AsyncContext async = request.startAsync();
                leak();
                new Thread(async::complete).start();
            }
            case "/dispatch" -> {
                AsyncContext async = request.startAsync();
                async.start(async::dispatch);
            }
            case "/task", "/skipped/task" -> {
                AsyncContext async = request.startAsync();
                async.start(() -> {
                    leak();
                    async.complete();
                });
            }
            case "/timeout", "/skipped/timeout" -> {
                AsyncContext async = request.startAsync();
                async.setTimeout(TIMEOUT_MILLIS);
                async.addListener(new LeakingListener());
            }
            case "/read", "/skipped/read" -> {
                AsyncContext async = request.startAsync();
                request.getInputStream().setReadListener(new LeakingStreams(async));
            }
            case "/write", "/skipped/write" -> {
                AsyncContext async = request.startAsync();
                response.getOutputStream().setWriteListener(new LeakingStreams(async));
            }
            default -> { // the error page
                response.getWriter().print(EventContext.current().realm());
                leak();
            }
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // On purpose.
    private static void leak() {
        EventContext.builder().instanceId("leaked").build().makeCurrent();
    }

    private static final class LeakingListener implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            leak();
            event.getAsyncContext().complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            leak();
        }

        @Override
        public void onError(AsyncEvent event) {
            leak();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            leak();
        }
    }

    private record LeakingStreams(AsyncContext async) implements ReadListener, WriteListener {

        @Override
        public void onDataAvailable() {
            leak();
        }

        @Override
        public void onAllDataRead() {
            leak();
            async.complete();
        }

        @Override
        public void onWritePossible() {
            leak();
            async.complete();
        }

        @Override
        public void onError(Throwable failure) {
            leak();
        }
    }
}
