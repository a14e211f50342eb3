package dev.internalevents.grpc;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A call that sends its correlation id back, with the headers or, if there are none, with the trailers. */
final class IdentifiedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private static final Metadata.Key<String> ID = CallContexts.key(EventContextFactory.REQUEST_ID);

    private final RequestTracking tracking;
    private boolean isIdentified;

    IdentifiedCall(ServerCall<Q, A> call, RequestTracking tracking) {
        super(call);
        this.tracking = tracking;
    }

    @Override
    public void sendHeaders(Metadata headers) {
        identify(headers);
        super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        identify(trailers);
        super.close(status, trailers);
    }

    private void identify(Metadata metadata) {
        String id = tracking.context().correlationId();
        if (!isIdentified && id != null && !metadata.containsKey(ID)) {
            metadata.put(ID, id);
        }
        isIdentified = true;
    }
}
