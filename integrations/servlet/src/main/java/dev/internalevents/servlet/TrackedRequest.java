package dev.internalevents.servlet;

import dev.internalevents.client.RequestTracking;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
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

    private record TrackedAsyncContext(AsyncContext inner, RequestTracking tracking) implements AsyncContext {

        @Override
        public void start(Runnable task) {
            inner.start(tracking.wrap(task));
        }

        @Override
        public ServletRequest getRequest() {
            return inner.getRequest();
        }

        @Override
        public ServletResponse getResponse() {
            return inner.getResponse();
        }

        @Override
        public boolean hasOriginalRequestAndResponse() {
            return inner.hasOriginalRequestAndResponse();
        }

        @Override
        public void dispatch() {
            inner.dispatch();
        }

        @Override
        public void dispatch(String path) {
            inner.dispatch(path);
        }

        @Override
        public void dispatch(ServletContext context, String path) {
            inner.dispatch(context, path);
        }

        @Override
        public void complete() {
            inner.complete();
        }

        @Override
        public void addListener(AsyncListener listener) {
            inner.addListener(listener);
        }

        @Override
        public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
            inner.addListener(listener, request, response);
        }

        @Override
        public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
            return inner.createListener(type);
        }

        @Override
        public void setTimeout(long millis) {
            inner.setTimeout(millis);
        }

        @Override
        public long getTimeout() {
            return inner.getTimeout();
        }
    }
}
