package dev.internalevents.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/** An asynchronous request whose tasks and listeners run in its scopes. */
record TrackedAsyncContext(AsyncContext inner, RequestScopes scopes) implements AsyncContext {

    @Override
    public void start(Runnable task) {
        inner.start(() -> scopes.run(task::run));
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
        inner.addListener(new TrackedAsyncListener(listener, scopes));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
        inner.addListener(new TrackedAsyncListener(listener, scopes), request, response);
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
