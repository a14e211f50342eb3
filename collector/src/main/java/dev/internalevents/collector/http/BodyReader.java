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
 * Reads whole bodies up to a limit each, and up to a limit for all that are being read and processed at a time, so that
 * no number of senders fills the memory. For the threads of the event loop.
 */
public final class BodyReader {

    /** The shortest event there can be in a body. */
    private static final int MIN_EVENT_BYTES = 9;

    private static final long MAX_PROMISED_BYTES = 64 << 10;
    private static final long LOOK_MILLIS = 1_000;

    private final long maxBytes;
    private final int maxEvents;
    private final long maxBytesInFlight;
    private final long maxNanos;
    private final AtomicLong inFlight = new AtomicLong();
    private final Set<Reading> unfinished = ConcurrentHashMap.newKeySet();

    /**
     * Reads bodies up to these limits.
     *
     * @param maxBytes of one
     * @param maxEvents of one
     * @param maxBytesInFlight of all at a time
     * @param maxTime within which one has to be there
     */
    public BodyReader(Vertx vertx, long maxBytes, int maxEvents, long maxBytesInFlight, Duration maxTime) {
        this.maxBytes = maxBytes;
        this.maxEvents = maxEvents;
        this.maxBytesInFlight = maxBytesInFlight;
        this.maxNanos = maxTime.toNanos();
        vertx.setPeriodic(Math.min(LOOK_MILLIS, Math.max(1, maxTime.toMillis())), timer -> endLate());
    }

    /** Ends bodies that take too long to arrive. */
    private void endLate() {
        long now = System.nanoTime();
        for (Reading reading : unfinished) {
            if (now - reading.begun > maxNanos) {
                reading.context.runOnContext(late -> reading.tooSlow());
            }
        }
    }

    /** A body that was read; it counts as being in memory until {@link #release}. */
    public final class Body {
        private final byte[] bytes;
        private final AtomicBoolean released = new AtomicBoolean();

        private Body(byte[] bytes) {
            this.bytes = bytes;
        }

        public byte[] bytes() {
            return bytes;
        }

        /** The body is not in memory any more; a second call does nothing. Any thread may call. */
        public void release() {
            if (!released.getAndSet(true)) {
                inFlight.addAndGet(-bytes.length);
            }
        }
    }

    /**
     * Calls back with the whole body, or answers 400 for a length that is not a number, 413 for a body over the limit, and
     * 503 with Retry-After when too much is under way. When the callback throws, the body is released.
     */
    public void read(HttpServerRequest request, Consumer<Body> then) {
        read(request, PayloadData::count, then);
    }

    /**
     * As {@link #read(HttpServerRequest, Consumer)}, for bodies that are not payload_data.
     *
     * @param eventCount counts the events of a body, at most
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

    /** The bytes that are promised: 0 without the header, -1 when it has anything else than digits. */
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

    /** Bytes of the bodies that are being received or processed now. */
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
            // What a sender promises takes this much memory at most before it arrives.
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
                Answers.refuse(request, 503, "Too much is being received at once; try again in a second.\n");
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
