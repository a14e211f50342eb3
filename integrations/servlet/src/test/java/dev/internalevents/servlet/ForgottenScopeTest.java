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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application makes a context current and does not close the scope: no later request may see it. */
class ForgottenScopeTest {

    private static final int ROUNDS = 30;

    /** With 1 ms, Jetty did not report every timeout on a machine under load. */
    private static final long TIMEOUT_MILLIS = 100;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/plain",
                "/nested",
                "/failing",
                "/sendError",
                "/startAsync",
                "/dispatch",
                "/task",
                "/timeout",
                "/read",
                "/write",
                "/skipped/plain",
                "/skipped/failing",
                "/skipped/task",
                "/skipped/timeout",
                "/skipped/read",
                "/skipped/write"
            })
    void is_gone_after_the_filter(String path) throws Exception {
        InternalEventFilter filter = InternalEventFilter.builder()
                .skipPaths(List.of(
                        "/probe",
                        "/skipped/plain",
                        "/skipped/failing",
                        "/skipped/task",
                        "/skipped/timeout",
                        "/skipped/read",
                        "/skipped/write"))
                .build();
        try (ServletServer server = ServletServer.start(filter, List.of(), ForgottenScopeTest::serve)) {
            staysClean(server, path);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/plain",
                "/nested",
                "/failing",
                "/sendError",
                "/startAsync",
                "/dispatch",
                "/task",
                "/timeout",
                "/read",
                "/write"
            })
    void is_gone_after_a_disabled_filter(String path) throws Exception {
        InternalEventFilter filter =
                InternalEventFilter.builder().enabled(false).build();
        try (ServletServer server = ServletServer.start(filter, List.of(), ForgottenScopeTest::serve)) {
            staysClean(server, path);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/plain", "/nested", "/failing", "/sendError", "/startAsync", "/dispatch", "/task", "/timeout"})
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
                request.getInputStream().setReadListener(new LeakingReader(async));
            }
            case "/write", "/skipped/write" -> {
                AsyncContext async = request.startAsync();
                response.getOutputStream().setWriteListener(new LeakingWriter(async));
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

    private record LeakingReader(AsyncContext async) implements ReadListener {

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
        public void onError(Throwable failure) {
            leak();
        }
    }

    private record LeakingWriter(AsyncContext async) implements WriteListener {

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
