package dev.internalevents.collector.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Reads whole bodies up to a limit each, and up to a limit for all that are being read and processed at a time, so that
 * no number of senders fills the memory. For the threads of the event loop.
 */
public final class BodyReader {

    private final long maxBytes;
    private final long maxBytesInFlight;
    private final AtomicLong inFlight = new AtomicLong();

    public BodyReader(long maxBytes, long maxBytesInFlight) {
        this.maxBytes = maxBytes;
        this.maxBytesInFlight = maxBytesInFlight;
    }

    /** A body that was read; {@link #release} ends its stay in memory. */
    public final class Body {
        private final byte[] bytes;

        private Body(byte[] bytes) {
            this.bytes = bytes;
        }

        public byte[] bytes() {
            return bytes;
        }

        public void release() {
            inFlight.addAndGet(-bytes.length);
        }
    }

    /**
     * Calls back with the whole body, or answers 413 for one over the limit and 503 with Retry-After when too much is
     * under way.
     */
    public void read(HttpServerRequest request, Consumer<Body> then) {
        String length = request.getHeader("Content-Length");
        if (length != null && (length.length() > 18 || Long.parseLong(length) > maxBytes)) {
            tooLarge(request);
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        new Reading(request, then).start();
    }

    private void tooLarge(HttpServerRequest request) {
        Answers.refuse(
                request, 413, "The body is larger than " + maxBytes + " bytes; send fewer events in a request.\n");
    }

    private final class Reading {

        private final HttpServerRequest request;
        private final Consumer<Body> then;
        private final Buffer buffer = Buffer.buffer();
        private boolean over;

        private Reading(HttpServerRequest request, Consumer<Body> then) {
            this.request = request;
            this.then = then;
        }

        private void start() {
            request.handler(this::append);
            request.endHandler(end -> {
                if (!over) {
                    over = true;
                    then.accept(new Body(buffer.getBytes()));
                }
            });
            request.exceptionHandler(broken -> giveUp());
        }

        private void append(Buffer chunk) {
            if (over) {
                return;
            }
            if (buffer.length() + (long) chunk.length() > maxBytes) {
                giveUp();
                tooLarge(request);
            } else if (inFlight.addAndGet(chunk.length()) > maxBytesInFlight) {
                inFlight.addAndGet(-chunk.length());
                giveUp();
                request.response().putHeader("Retry-After", "1");
                Answers.refuse(request, 503, "Too much is being received at once; try again in a second.\n");
            } else {
                buffer.appendBuffer(chunk);
            }
        }

        private void giveUp() {
            if (!over) {
                over = true;
                inFlight.addAndGet(-buffer.length());
            }
        }
    }
}
