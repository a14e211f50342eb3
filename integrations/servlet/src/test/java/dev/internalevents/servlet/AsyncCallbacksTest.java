package dev.internalevents.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Checks that the listeners of an asynchronous request, which the container calls on other threads, have its context.
 */
class AsyncCallbacksTest {

    private static final Map<String, String> SAAS = Map.of("X-Gitlab-Realm", "saas");

    /** With 1 ms, Jetty did not report every timeout on a machine under load. */
    private static final long TIMEOUT_MILLIS = 100;

    private final BlockingQueue<String> called = new LinkedBlockingQueue<>();

    @Test
    void timeout_and_completion_have_the_context_of_their_request() throws Exception {
        try (ServletServer server = server((request, response) -> {
            AsyncContext async = request.startAsync();
            async.setTimeout(TIMEOUT_MILLIS);
            async.addListener(new Recorder());
        })) {
            server.get("/", SAAS);
            assertThat(next()).isEqualTo("onTimeout saas");
            assertThat(next()).isEqualTo("onComplete saas");
        }
    }

    @Test
    void an_error_has_the_context_of_its_request() throws Exception {
        try (ServletServer server = server((request, response) -> {
            AsyncContext async = request.startAsync(request, response);
            async.addListener(new Recorder(), request, response);
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                async.dispatch();
            } else {
                throw new IllegalStateException("of the application");
            }
        })) {
            server.get("/", SAAS);
            assertThat(next()).isEqualTo("onStartAsync saas");
            assertThat(next()).startsWith("on").endsWith(" saas");
            assertThat(next()).startsWith("on").endsWith(" saas");
        }
    }

    @Test
    void a_listener_that_adds_itself_again_through_the_event_keeps_the_context() throws Exception {
        try (ServletServer server = server((request, response) -> {
            AsyncContext async = request.startAsync();
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                async.addListener(new Recorder());
                async.dispatch();
            } else {
                async.setTimeout(TIMEOUT_MILLIS);
            }
        })) {
            server.get("/", SAAS);
            assertThat(next()).isEqualTo("onStartAsync saas");
            assertThat(next()).isEqualTo("onTimeout saas");
            assertThat(next()).isEqualTo("onComplete saas");
        }
    }

    @Test
    void listeners_of_both_streams_have_the_context_of_their_request() throws Exception {
        try (ServletServer server = server((request, response) -> {
            AsyncContext async = request.startAsync();
            ServletOutputStream out = response.getOutputStream();
            request.getInputStream().setReadListener(new Streams(async, out));
        })) {
            assertThat(server.get("/", SAAS)).isEqualTo("written");
            assertThat(next()).isEqualTo("onAllDataRead saas");
            assertThat(next()).isEqualTo("onWritePossible saas");
        }
    }

    @Test
    void a_dispatch_from_a_skipped_path_has_the_context_of_the_other_one() throws Exception {
        InternalEventFilter filter =
                InternalEventFilter.builder().skipPaths(List.of("/skipped")).build();
        try (ServletServer server = ServletServer.start(filter, List.of(), (request, response) -> {
            AsyncContext async = request.startAsync(request, response);
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                async.dispatch("/other");
            } else {
                async.start(() -> {
                    record("task");
                    async.complete();
                });
            }
        })) {
            server.get("/skipped", SAAS);
            assertThat(next()).isEqualTo("task saas");
        }
    }

    @Test
    void a_request_is_wrapped_once_however_often_it_is_dispatched() throws Exception {
        try (ServletServer server = server((request, response) -> {
            Object rounds = request.getAttribute("rounds");
            int round = rounds == null ? 0 : (Integer) rounds;
            request.setAttribute("rounds", round + 1);
            if (round < 20) {
                request.startAsync(request, response).dispatch();
            } else {
                response.getWriter().print(EventContext.current().realm() + " " + layers(request));
            }
        })) {
            assertThat(server.get("/", SAAS)).isEqualTo("saas 1");
        }
    }

    private static int layers(HttpServletRequest request) {
        int layers = 0;
        Object inner = request;
        while (inner instanceof jakarta.servlet.ServletRequestWrapper wrapper) {
            layers += wrapper instanceof TrackedRequest ? 1 : 0;
            inner = wrapper.getRequest();
        }
        return layers;
    }

    private static ServletServer server(ServletServer.Page page) throws Exception {
        return ServletServer.start(
                InternalEventFilter.builder().build(), List.of(new InternalEventRequestListener()), page);
    }

    private String next() throws InterruptedException {
        String call = called.poll(30, TimeUnit.SECONDS);
        assertThat(call).as("no callback within 30 s").isNotNull();
        return call;
    }

    private void record(String callback) {
        called.add(callback + " " + EventContext.current().realm());
    }

    /** Reads the request and then writes the response. */
    private final class Streams implements ReadListener, WriteListener {

        private final AsyncContext async;
        private final ServletOutputStream out;

        private Streams(AsyncContext async, ServletOutputStream out) {
            this.async = async;
            this.out = out;
        }

        @Override
        public void onDataAvailable() {
            record("onDataAvailable");
        }

        @Override
        public void onAllDataRead() {
            record("onAllDataRead");
            out.setWriteListener(this);
        }

        @Override
        public void onWritePossible() throws IOException {
            record("onWritePossible");
            out.print("written");
            async.complete();
        }

        @Override
        public void onError(Throwable failure) {
            record("onError");
        }
    }

    private final class Recorder implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            record("onTimeout");
            event.getAsyncContext().complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            record("onComplete");
        }

        @Override
        public void onError(AsyncEvent event) {
            record("onError");
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            record("onStartAsync");
            event.getAsyncContext().addListener(this);
        }
    }
}
