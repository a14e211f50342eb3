package dev.internalevents.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The trace of a call in the events of a running server. */
class TraceTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final Metadata.Key<String> TRACEPARENT_KEY =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    @Test
    void events_of_a_call_have_its_trace_and_those_of_the_next_have_not() throws Exception {
        // The last interceptor is called first.
        List<ServerInterceptor> interceptors =
                List.of(InternalEventServerInterceptor.builder().build(), new Tracing());
        try (GrpcServer server = GrpcServer.start(
                interceptors,
                (call, headers) -> GrpcServer.answering(call, () -> {
                    EventContext context = EventContext.current();
                    return context.correlationId() + " " + context.extra().get("trace_id");
                }))) {
            GrpcServer.Answer traced = server.call("test.Service/Do", Map.of("traceparent", TRACEPARENT), "a");
            assertThat(traced).isEqualTo(new GrpcServer.Answer("OK", TRACE + " " + TRACE, TRACE));

            assertThat(server.call("test.Service/Do", Map.of("traceparent", TRACEPARENT, "x-request-id", "r1"), "a")
                            .body())
                    .isEqualTo("r1 " + TRACE);

            assertThat(server.call("test.Service/Do", Map.of(), "a").body())
                    .matches("[0-9a-f]{32} null")
                    .doesNotStartWith(TRACE);
        }
    }

    /** Continues the trace of the caller in each callback of a call, as OpenTelemetry's instrumentation does. */
    private static final class Tracing implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            Context trace = trace(headers.get(TRACEPARENT_KEY));
            try (Scope scope = trace.makeCurrent()) {
                return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                    @Override
                    public void onHalfClose() {
                        try (Scope callback = trace.makeCurrent()) {
                            super.onHalfClose();
                        }
                    }
                };
            }
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
