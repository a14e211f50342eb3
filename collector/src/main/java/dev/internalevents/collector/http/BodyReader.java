package dev.internalevents.collector.http;

import dev.internalevents.protocol.PayloadData;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole request bodies. Limits the size of each, and the total size of all bodies being read and processed, so
 * that memory use is bounded for any number of senders. Call on the event loop's threads.
 */
public final class BodyReader {

    /** The length of the shortest possible event in a body. */
    private static final int MIN_EVENT_BYTES = 9;

    private static final long MAX_PROMISED_BYTES = 64 << 10;
    private static final long LOOK_MILLIS = 1_000;

    private final long maxBytes;
    private final int maxEvents;
    private final long maxBytesInFlight;
    private final long maxNanos;
    private final AtomicLong inFlight = new AtomicLong();
    private final Set<Reading> unfinished = ConcurrentHashMap.newKeySet();

    private BodyReader(long maxBytes, int maxEvents, long maxBytesInFlight, long maxNanos) {
        this.maxBytes = maxBytes;
        this.maxEvents = maxEvents;
        this.maxBytesInFlight = maxBytesInFlight;
        this.maxNanos = maxNanos;
    }

    /**
     * Starts a reader with these limits.
     *
     * @param maxBytes maximum size of a body
     * @param maxEvents maximum number of events in a body
     * @param maxBytesInFlight maximum total size of all bodies being read and processed
     * @param maxTime time within which a body must arrive
     */
    public static BodyReader start(Vertx vertx, long maxBytes, int maxEvents, long maxBytesInFlight, Duration maxTime) {
        BodyReader reader = new BodyReader(maxBytes, maxEvents, maxBytesInFlight, maxTime.toNanos());
        vertx.setPeriodic(Math.min(LOOK_MILLIS, Math.max(1, maxTime.toMillis())), timer -> reader.endLate());
        return reader;
    }

    /** Rejects bodies that take too long to arrive. */
    private void endLate() {
        long now = System.nanoTime();
        for (Reading reading : unfinished) {
            if (now - reading.begun > maxNanos) {
                reading.context.runOnContext(late -> reading.tooSlow());
            }
        }
    }

    /** A complete body. It counts towards the bytes in flight until {@link #release}. */
    public final class Body {
        private final byte[] bytes;
        private final AtomicBoolean released = new AtomicBoolean();

        private Body(byte[] bytes) {
            this.bytes = bytes;
        }

        public byte[] bytes() {
            return bytes;
        }

        /** Stops counting the body as in flight. A second call does nothing. Any thread may call it. */
        public void release() {
            if (!released.getAndSet(true)) {
                inFlight.addAndGet(-bytes.length);
            }
        }
    }

    /**
     * Reads a body and passes it to the callback. Instead, answers 400 if the length is not a number, 408 if the body
     * arrives too slowly, 413 if it is over a limit, and 503 with Retry-After if too many bytes are in flight. Releases
     * the body if the callback throws.
     */
    public void read(HttpServerRequest request, Consumer<Body> then) {
        read(request, PayloadData::count, then);
    }

    /**
     * Does the same as {@link #read(HttpServerRequest, Consumer)} for bodies that are not payload_data.
     *
     * @param eventCount returns an upper bound of the number of events in a body
     */
    public void read(HttpServerRequest request, ToIntFunction<byte[]> eventCount, Consumer<Body> then) {
        long length = length(request.getHeader("Content-Length"));
        if (length < 0) {
            Answers.refuse(request, 400, "The Content-Length is not a number of bytes.\n");
            return;
        } else if (length > maxBytes) {
            tooLarge(request);
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        new Reading(request, eventCount, then, length).start();
    }

    /** Returns the announced length: 0 without the header, -1 if it contains anything but digits. */
    private static long length(@Nullable String header) {
        if (header == null) {
            return 0;
        }
        for (int i = 0; i < header.length(); i++) {
            if (header.charAt(i) < '0' || header.charAt(i) > '9') {
                return -1;
            }
        }
        return header.isEmpty() ? -1 : header.length() > 18 ? Long.MAX_VALUE : Long.parseLong(header);
    }

    /** Returns the total size of the bodies being received or processed. */
    public long bytesInFlight() {
        return inFlight.get();
    }

    private void tooLarge(HttpServerRequest request) {
        Answers.refuse(
                request, 413, "The body is larger than " + maxBytes + " bytes; send fewer events in a request.\n");
    }

    private final class Reading {

        private final HttpServerRequest request;
        private final ToIntFunction<byte[]> eventCount;
        private final Consumer<Body> then;
        private final Buffer buffer;
        private final long begun = System.nanoTime();
        private final Context context = Vertx.currentContext();
        private boolean over;

        private Reading(HttpServerRequest request, ToIntFunction<byte[]> eventCount, Consumer<Body> then, long length) {
            this.request = request;
            this.eventCount = eventCount;
            // Limit the memory that is allocated for the announced length before any byte arrives.
            this.buffer = Buffer.buffer((int) Math.min(length, MAX_PROMISED_BYTES));
            this.then = then;
        }

        private void tooSlow() {
            if (!over) {
                giveUp();
                Answers.refuse(request, 408, "The body did not arrive in time.\n");
            }
        }

        private void start() {
            request.handler(this::append);
            request.endHandler(end -> {
                if (!over) {
                    over = true;
                    unfinished.remove(this);
                    finish(new Body(buffer.getBytes()));
                }
            });
            request.exceptionHandler(broken -> giveUp());
            unfinished.add(this);
        }

        private void finish(Body body) {
            if (body.bytes.length / MIN_EVENT_BYTES > maxEvents && eventCount.applyAsInt(body.bytes) > maxEvents) {
                body.release();
                Answers.text(
                        request, 413, "The body has more than " + maxEvents + " events; send fewer in a request.\n");
            } else {
                try {
                    then.accept(body);
                } catch (RuntimeException | Error e) {
                    body.release();
                    throw e;
                }
            }
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
                Answers.refuse(request, 503, "Too much data is being received at once; try again in a second.\n");
            } else {
                buffer.appendBuffer(chunk);
            }
        }

        private void giveUp() {
            if (!over) {
                over = true;
                unfinished.remove(this);
                inFlight.addAndGet(-buffer.length());
            }
        }
    }
}
