package dev.internalevents.client;

import org.jspecify.annotations.Nullable;

/**
 * Supplies the id of the trace that is current when a request begins. {@link EventContextFactory} puts it into the
 * context of the request, so that an event leads to its trace. Implementations are found with
 * {@link java.util.ServiceLoader}, in the class loader of this interface; {@code internal-events-opentelemetry} has one
 * for OpenTelemetry. One whose constructor throws is left out. Must be safe for use by several threads.
 */
public interface TraceSource {

    /**
     * Returns the id of the trace that is current on the calling thread, or null outside a trace. Called once for each
     * request; must not block. An id that is not 1 to 64 visible ASCII characters is treated as null, and so is a
     * failure.
     */
    @Nullable
    String traceId();
}
