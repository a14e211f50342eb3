package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.http.EndpointList;
import dev.internalevents.protocol.DurationText;
import dev.internalevents.spool.SpoolSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an emitter. Each part checks its own values.
 *
 * @param kind what is sent; {@link EventKind#BILLING} needs an outbox
 * @param listener notified of deliveries, failed requests and drops
 */
public record EmitterSettings(
        EventKind kind,
        Destination destination,
        Batching batching,
        Delivery delivery,
        Queue queue,
        DeliveryListener listener) {

    /** {@value}. */
    public static final int DEFAULT_BATCH_SIZE = 1;

    /**
     * {@value}: for a client without a configured batch size, so that queued events do not take one round trip each.
     */
    public static final int DEFAULT_MOST_TOGETHER = 250;

    /** {@value}. */
    public static final int DEFAULT_THREAD_COUNT = 1;

    /** {@value}. */
    public static final int DEFAULT_QUEUE_CAPACITY = 10_000;

    /** 32 MiB. */
    public static final long DEFAULT_QUEUE_BYTES = 32L << 20;

    /** {@value}: somewhat below the limit of Snowplow's collector. */
    public static final int DEFAULT_MAX_REQUEST_BYTES = 1_000_000;

    /** {@value}: more throughput needs several clients, or a larger batch. */
    public static final int MAX_THREAD_COUNT = 64;

    /** {@value}. */
    public static final int MAX_REQUEST_BYTES = 1 << 30;

    /** {@value}: the size that every event may have, however small the request limit is. */
    public static final int MIN_EVENT_BYTES = 1 << 16;

    /** Half a second. */
    public static final Duration DEFAULT_LINGER = Duration.ofMillis(500);

    /** 5 seconds, as in the AI Gateway. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** 10 seconds, as in the AI Gateway. */
    public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(10);

    /** 100 ms, doubling up to a minute. */
    public static final BackOff DEFAULT_BACK_OFF = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(60));

    /** @throws IllegalArgumentException if the kind needs an outbox, and there is none */
    public EmitterSettings {
        if (kind.isKept() && queue.outbox() == null) {
            throw new IllegalArgumentException("outbox: none is set, but each " + kind.words()
                    + " is stored on disk until it is delivered; expected a folder that only this process uses");
        }
    }

    /**
     * Where events are sent.
     *
     * @param endpoints the addresses of 1 to {@value EndpointList#MAX} collectors, http or https; requests go to one of
     *     them, to {@code com.snowplowanalytics.snowplow/tp2} below it
     * @param headers sent with each request
     * @param proxy an HTTP proxy, or null for the JVM's settings
     * @param tls null for the JVM's default
     */
    public record Destination(
            List<URI> endpoints,
            Map<String, String> headers,
            @Nullable InetSocketAddress proxy,
            @Nullable SSLContext tls) {

        /** @throws IllegalArgumentException if an endpoint is invalid, given twice, or there are none or too many */
        public Destination {
            endpoints = List.copyOf(endpoints);
            try {
                EndpointList.check(endpoints);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("endpoint: " + e.getMessage(), e);
            }
            headers = Map.copyOf(headers);
        }
    }

    /**
     * Which events make a request.
     *
     * @param size events that make a full batch, which does not wait for more; 1 or more
     * @param mostTogether maximum events in a request, if that many are queued; the batch size or more
     * @param maxRequestBytes maximum bytes of a request, 1,000 to {@value #MAX_REQUEST_BYTES}; an event that is larger
     *     by itself is dropped, except that one of up to {@value #MIN_EVENT_BYTES} bytes is sent in a request of its
     *     own
     * @param linger how long a batch that is not full waits for more events
     */
    public record Batching(int size, int mostTogether, int maxRequestBytes, Duration linger) {

        /** @throws IllegalArgumentException naming the first invalid setting, and what was expected */
        public Batching {
            atLeast(1, "batchSize", size);
            atLeast(size, "mostTogether", mostTogether);
            between(1_000, MAX_REQUEST_BYTES, "maxRequestBytes", maxRequestBytes);
            linger = zeroOrMore("linger", linger);
        }

        /**
         * Returns settings for a configured batch size, which is also the maximum in a request. Null means that no
         * event waits for others: then the batch size is {@value EmitterSettings#DEFAULT_BATCH_SIZE}, and up to
         * {@value EmitterSettings#DEFAULT_MOST_TOGETHER} events that are queued already go together.
         *
         * @throws IllegalArgumentException naming the first invalid setting, and what was expected
         */
        public static Batching of(@Nullable Integer size, int maxRequestBytes, Duration linger) {
            return size == null
                    ? new Batching(DEFAULT_BATCH_SIZE, DEFAULT_MOST_TOGETHER, maxRequestBytes, linger)
                    : new Batching(size, size, maxRequestBytes, linger);
        }
    }

    /**
     * How requests are sent and retried.
     *
     * @param threadCount number of sending threads, 1 to {@value #MAX_THREAD_COUNT}
     * @param connectTimeout maximum time to connect
     * @param readTimeout maximum time for a request with its response
     * @param compression whether requests are compressed
     * @param backOff the waits between retries
     * @param giveUp when to give up an event that the collector does not accept
     */
    public record Delivery(
            int threadCount,
            Duration connectTimeout,
            Duration readTimeout,
            Compression compression,
            BackOff backOff,
            GiveUp giveUp) {

        /** @throws IllegalArgumentException naming the first invalid setting, and what was expected */
        public Delivery {
            between(1, MAX_THREAD_COUNT, "threadCount", threadCount);
            connectTimeout = positive("connectTimeout", connectTimeout);
            readTimeout = positive("readTimeout", readTimeout);
        }
    }

    /**
     * Where events are queued.
     *
     * @param capacity maximum events queued in memory, 1 or more
     * @param bytes approximate maximum bytes queued in memory, {@value #MIN_EVENT_BYTES} or more
     * @param outbox the folder in which events are queued instead of in memory, or null
     * @param spool the maximum size and durability of that folder, or of the one of {@link WhenFull.Spill}
     * @param whenFull what to do with an event when the queue is full
     */
    public record Queue(int capacity, long bytes, @Nullable Path outbox, SpoolSettings spool, WhenFull whenFull) {

        /** @throws IllegalArgumentException naming the first invalid setting, and what was expected */
        public Queue {
            atLeast(1, "queueCapacity", capacity);
            atLeast(MIN_EVENT_BYTES, "queueBytes", bytes);
            if (whenFull instanceof WhenFull.Block block) {
                whenFull = WhenFull.block(Durations.clamped(block.max()));
            }
            if (outbox != null && whenFull instanceof WhenFull.Spill) {
                throw new IllegalArgumentException(
                        "whenFull: spill cannot be combined with an outbox, which already stores events in a folder;"
                                + " set only one of them");
            }
        }

        /** Returns the folder that events may be stored in: the outbox, or where a full queue spills them; or null. */
        @Nullable
        Path folder() {
            return whenFull instanceof WhenFull.Spill spill ? spill.folder() : outbox;
        }
    }

    private static void atLeast(long min, String name, long value) {
        if (value < min) {
            throw new IllegalArgumentException(name + ": " + value + " is not a whole number of " + min + " or more");
        }
    }

    private static void between(int min, int max, String name, int value) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + ": " + value + " is not a whole number from " + min + " to " + max);
        }
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + DurationText.of(value)
                    + " is too short; expected a duration longer than zero, such as 5s");
        }
        return Durations.clamped(value);
    }

    /**
     * Checks a duration that may be zero, and limits it to {@link Durations#FOREVER}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static Duration zeroOrMore(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    name + ": " + DurationText.of(value) + " is negative; expected zero or more, such as 5s");
        }
        return Durations.clamped(value);
    }
}
