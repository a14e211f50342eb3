package dev.internalevents.grpc;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.protocol.ForeignCode;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that sends its correlation id back, with the headers or, if there are none, with the trailers. */
final class IdentifiedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private static final Metadata.Key<String> ID = CallContexts.key(EventContextFactory.REQUEST_ID);

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventServerInterceptor.class);

    /** Classes between gRPC and this call that rethrow an exception unchanged. */
    private static final List<String> PASSING_ON = List.of(
            IdentifiedCall.class.getPackageName() + ".",
            "io.grpc.Contexts",
            "io.grpc.ServerInterceptors",
            "io.grpc.InternalServerInterceptors");

    private final RequestTracking tracking;
    private boolean isIdentified;
    private boolean isClosed;

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
        isClosed = true;
        identify(trailers);
        super.close(status, trailers);
    }

    /**
     * Closes a call whose method threw, with the status gRPC would send, and adds the id. (No interceptor sees the
     * trailers of an answer that gRPC sends itself.) Does nothing if an interceptor in front may answer the exception
     * differently.
     */
    void failed(Status status) {
        if (!isClosed && isAnsweredByGrpc()) {
            try {
                close(status, new Metadata());
            } catch (Throwable e) {
                ForeignCode.caught(e);
                LOG.debug("a failed call could not be closed with its id", e);
            }
        }
    }

    private static boolean isAnsweredByGrpc() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                        .takeWhile(name -> !name.startsWith("io.grpc.internal."))
                        .allMatch(name -> PASSING_ON.stream().anyMatch(name::startsWith)));
    }

    private void identify(Metadata metadata) {
        String id = tracking.context().correlationId();
        if (!isIdentified && id != null && !metadata.containsKey(ID)) {
            metadata.put(ID, id);
        }
        isIdentified = true;
    }
}
