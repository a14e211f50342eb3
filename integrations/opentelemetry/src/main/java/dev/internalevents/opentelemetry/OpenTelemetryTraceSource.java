package dev.internalevents.opentelemetry;

import dev.internalevents.client.TraceSource;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trace id from OpenTelemetry's current span, sampled or not. Found by the client with a
 * {@link java.util.ServiceLoader}; it is not used if the OpenTelemetry API is not on the class path.
 */
public final class OpenTelemetryTraceSource implements TraceSource {

    /**
     * Checks that the API is on the class path, once, instead of at each request.
     *
     * @throws NoClassDefFoundError if it is not
     */
    public OpenTelemetryTraceSource() {
        Span.getInvalid();
    }

    /** Returns 32 hexadecimal digits, or null if no valid span is current. */
    @Override
    public @Nullable String traceId() {
        SpanContext span = Span.current().getSpanContext();
        return span.isValid() ? span.getTraceId() : null;
    }
}
