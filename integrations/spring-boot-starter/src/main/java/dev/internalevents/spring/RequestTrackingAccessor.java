package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/** Lets Micrometer's context propagation, and so Reactor and decorated executors, propagate a request's tracking. */
public final class RequestTrackingAccessor implements ThreadLocalAccessor<RequestTracking> {

    /** The key in a Reactor context: {@value}. */
    public static final String KEY = "dev.internalevents.RequestTracking";

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable RequestTracking getValue() {
        return RequestTracking.current();
    }

    @Override
    public void setValue(RequestTracking tracking) {
        RequestTracking.attach(tracking);
    }

    @Override
    public void setValue() {
        RequestTracking.attach(null);
    }

    /** Also closes scopes that were opened since the value was set. */
    @Override
    public void restore(RequestTracking previous) {
        RequestTracking.detach();
    }

    @Override
    public void restore() {
        RequestTracking.detach();
    }
}
