package dev.internalevents.collector.query;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.protocol.MalformedPayloadException;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Reads the JSON bodies of queries. Call on the event loop's threads. */
public final class QueryBodies {

    /** The maximum size of a query's body; parsed JSON takes many times its length. */
    private static final int MAX_BYTES = 1 << 20;

    private final BodyReader bodies;

    public QueryBodies(BodyReader bodies) {
        this.bodies = bodies;
    }

    /**
     * Reads a body and passes it to the callback. Answers 413 instead if it is too large, and 400 if the callback
     * throws {@link MalformedPayloadException}.
     */
    public void read(HttpServerRequest request, Consumer<byte[]> then) {
        bodies.read(request, body -> {
            try {
                if (body.bytes().length > MAX_BYTES) {
                    Answers.error(request, 413, "the body is larger than " + MAX_BYTES + " bytes");
                } else {
                    then.accept(body.bytes());
                }
            } catch (MalformedPayloadException e) {
                Answers.error(request, 400, String.valueOf(e.getMessage()));
            } finally {
                body.release();
            }
        });
    }
}
