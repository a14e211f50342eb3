package dev.internalevents.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;

/** A listener whose callbacks run in the scopes of its request; the container calls it on another thread. */
record TrackedAsyncListener(AsyncListener inner, RequestScopes scopes) implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) throws IOException {
        scopes.run(() -> inner.onComplete(tracked(event)));
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        scopes.run(() -> inner.onTimeout(tracked(event)));
    }

    @Override
    public void onError(AsyncEvent event) throws IOException {
        scopes.run(() -> inner.onError(tracked(event)));
    }

    @Override
    public void onStartAsync(AsyncEvent event) throws IOException {
        scopes.run(() -> inner.onStartAsync(tracked(event)));
    }

    /** The event must return the tracked context: a listener adds itself again, or starts a task, through it. */
    private AsyncEvent tracked(AsyncEvent event) {
        AsyncContext context = event.getAsyncContext();
        if (context == null || context instanceof TrackedAsyncContext) {
            return event;
        }
        return new AsyncEvent(
                new TrackedAsyncContext(context, scopes),
                event.getSuppliedRequest(),
                event.getSuppliedResponse(),
                event.getThrowable());
    }
}
