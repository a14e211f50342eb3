package dev.internalevents.grpc;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import io.grpc.ServerCall;

/** What gRPC calls for a call, each time in a scope of its tracking. gRPC calls one at a time. */
final class TrackedCallListener<Q> extends ServerCall.Listener<Q> {

    private final ServerCall.Listener<Q> inner;
    private final RequestTracking tracking;
    private final Runnable atTheEnd;

    TrackedCallListener(ServerCall.Listener<Q> inner, RequestTracking tracking, Runnable atTheEnd) {
        this.inner = inner;
        this.tracking = tracking;
        this.atTheEnd = atTheEnd;
    }

    @Override
    public void onMessage(Q message) {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onMessage(message);
        }
    }

    @Override
    public void onHalfClose() {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onHalfClose();
        }
    }

    @Override
    public void onReady() {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onReady();
        }
    }

    /** A call ends with this or with {@link #onComplete}. */
    @Override
    public void onCancel() {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onCancel();
        } finally {
            atTheEnd.run();
        }
    }

    @Override
    public void onComplete() {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onComplete();
        } finally {
            atTheEnd.run();
        }
    }
}
