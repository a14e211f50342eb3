package dev.internalevents.servlet;

import dev.internalevents.client.RequestTracking;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/** A request whose asynchronous work runs with its tracking current. */
final class TrackedRequest extends HttpServletRequestWrapper {

    private final RequestTracking tracking;

    TrackedRequest(HttpServletRequest request, RequestTracking tracking) {
        super(request);
        this.tracking = tracking;
    }

    @Override
    public AsyncContext startAsync() {
        return new TrackedAsyncContext(super.startAsync(), tracking);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        return new TrackedAsyncContext(super.startAsync(request, response), tracking);
    }

    /** A container throws if there is none; Spring's MockMvc expects null. */
    @Override
    public @Nullable AsyncContext getAsyncContext() {
        AsyncContext inner = super.getAsyncContext();
        return inner == null ? null : new TrackedAsyncContext(inner, tracking);
    }
}
