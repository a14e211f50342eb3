package dev.internalevents.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The trace of a request in the events of a running server. */
class TraceTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

    @Test
    void events_of_a_request_have_its_trace_and_those_of_the_next_have_not() throws Exception {
        try (ServletServer server = ServletServer.start(
                InternalEventFilter.builder().build(),
                List.of(new Tracing(), new InternalEventRequestListener()),
                (request, response) -> {
                    EventContext context = EventContext.current();
                    response.getWriter()
                            .print(context.correlationId() + " "
                                    + context.extra().get("trace_id"));
                })) {
            HttpResponse<String> traced = server.send("/", Map.of("traceparent", TRACEPARENT));
            assertThat(traced.body()).isEqualTo(TRACE + " " + TRACE);
            assertThat(traced.headers().allValues("X-Request-ID")).containsExactly(TRACE);

            HttpResponse<String> named = server.send("/", Map.of("traceparent", TRACEPARENT, "X-Request-ID", "r1"));
            assertThat(named.body()).isEqualTo("r1 " + TRACE);

            // More requests than the server has threads.
            for (int i = 0; i < 20; i++) {
                assertThat(server.get("/", Map.of()))
                        .matches("[0-9a-f]{32} null")
                        .doesNotStartWith(TRACE);
            }
        }
    }

    /** Continues the trace of the caller while a request is served, as OpenTelemetry's agent does. */
    private static final class Tracing implements ServletRequestListener {

        private static final String SCOPE = "trace.scope";

        @Override
        public void requestInitialized(ServletRequestEvent event) {
            HttpServletRequest request = (HttpServletRequest) event.getServletRequest();
            Context trace = trace(request.getHeader("traceparent"));
            request.setAttribute(SCOPE, trace.makeCurrent());
        }

        @Override
        public void requestDestroyed(ServletRequestEvent event) {
            ((Scope) event.getServletRequest().getAttribute(SCOPE)).close();
        }
    }

    private static Context trace(@Nullable String traceparent) {
        if (traceparent == null) {
            return Context.root();
        }
        String[] parts = traceparent.split("-", 4);
        return Span.wrap(SpanContext.createFromRemoteParent(
                        parts[1], parts[2], TraceFlags.getSampled(), TraceState.getDefault()))
                .storeInContext(Context.root());
    }
}
