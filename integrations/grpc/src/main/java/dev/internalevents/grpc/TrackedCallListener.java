package dev.internalevents.grpc;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import io.grpc.ServerCall;
import io.grpc.Status;

/** Runs each callback of a call in a scope of its tracking. gRPC calls one at a time. */
final class TrackedCallListener<Q> extends ServerCall.Listener<Q> {

    private final ServerCall.Listener<Q> inner;
    private final RequestTracking tracking;
    private final IdentifiedCall<?, ?> call;
    private final Runnable atTheEnd;

    TrackedCallListener(
            ServerCall.Listener<Q> inner, RequestTracking tracking, IdentifiedCall<?, ?> call, Runnable atTheEnd) {
        this.inner = inner;
        this.call = call;
        this.tracking = tracking;
        this.atTheEnd = atTheEnd;
    }

    @Override
    public void onMessage(Q message) {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onMessage(message);
        } catch (Throwable e) {
            failed(e);
            throw e;
        }
    }

    @Override
    public void onHalfClose() {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onHalfClose();
        } catch (Throwable e) {
            failed(e);
            throw e;
        }
    }

    @Override
    public void onReady() {
        try (Scope scope = tracking.makeCurrent()) {
            inner.onReady();
        } catch (Throwable e) {
            failed(e);
            throw e;
        }
    }

    private void failed(Throwable e) {
        call.failed(Status.UNKNOWN
                .withDescription("Application error processing RPC")
                .withCause(e));
    }

    /** A call ends with either this or {@link #onComplete}. */
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
