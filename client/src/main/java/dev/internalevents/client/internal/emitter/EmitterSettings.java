package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.http.HttpEndpoint;
import dev.internalevents.spool.SpoolSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where, how many at a time and how patiently an emitter sends, and where events wait.
 *
 * @param kind what is sent; {@link EventKind#BILLING} needs an outbox
 * @param endpoint the collector's address, http or https; requests go to {@code com.snowplowanalytics.snowplow/tp2}
 *     below it
 * @param batchSize events that make a full batch, which does not wait for more; 1 or more
 * @param mostTogether events in a request at most, when that many wait; the batch size or more
 * @param threadCount threads that send, 1 to {@value #MAX_THREAD_COUNT}
 * @param queueCapacity events that may wait in memory, 1 or more
 * @param queueBytes about how many bytes may wait in memory, {@value #MIN_EVENT_BYTES} or more
 * @param maxRequestBytes bytes of a request at most, 1,000 to {@value #MAX_REQUEST_BYTES}; an event that is larger by
 *     itself is dropped, but one of up to {@value #MIN_EVENT_BYTES} bytes goes alone
 * @param linger how long a batch that is not full waits for more events
 * @param connectTimeout how long a connection may take
 * @param readTimeout how long a request with its answer may take
 * @param backOff the waits between tries
 * @param giveUp when an event that the collector does not take is given up
 * @param outbox the folder in which events wait instead of in memory, or null
 * @param spool how large that folder, or the one of {@link WhenFull.Spill}, may become and what it survives
 * @param whenFull what happens to an event when as many wait as may
 * @param compression whether requests are compressed
 * @param headers sent with each request
 * @param proxy an HTTP proxy, or null for what the JVM's own settings say
 * @param tls null for the JVM's own
 * @param listener is told what becomes of events
 */
public record EmitterSettings(
        EventKind kind,
        URI endpoint,
        int batchSize,
        int mostTogether,
        int threadCount,
        int queueCapacity,
        long queueBytes,
        int maxRequestBytes,
        Duration linger,
        Duration connectTimeout,
        Duration readTimeout,
        BackOff backOff,
        GiveUp giveUp,
        @Nullable Path outbox,
        SpoolSettings spool,
        WhenFull whenFull,
        Compression compression,
        Map<String, String> headers,
        @Nullable InetSocketAddress proxy,
        @Nullable SSLContext tls,
        DeliveryListener listener) {

    /** {@value}. */
    public static final int DEFAULT_BATCH_SIZE = 1;

    /** {@value}: of a client whose batch size was not set, so that what waits does not take a round trip an event. */
    public static final int DEFAULT_MOST_TOGETHER = 250;

    /** {@value}. */
    public static final int DEFAULT_THREAD_COUNT = 1;

    /** {@value}. */
    public static final int DEFAULT_QUEUE_CAPACITY = 10_000;

    /** 32 MiB. */
    public static final long DEFAULT_QUEUE_BYTES = 32L << 20;

    /** {@value}: what Snowplow's collector takes is somewhat more. */
    public static final int DEFAULT_MAX_REQUEST_BYTES = 1_000_000;

    /** {@value}: threads of more clients than one, or a larger batch, are what more than these would be for. */
    public static final int MAX_THREAD_COUNT = 64;

    /** {@value}. */
    public static final int MAX_REQUEST_BYTES = 1 << 30;

    /** {@value}: what an event may have, however small requests are to be. */
    public static final int MIN_EVENT_BYTES = 1 << 16;

    /** Half a second. */
    public static final Duration DEFAULT_LINGER = Duration.ofMillis(500);

    /** 5 seconds, as the original. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** 10 seconds, as the original. */
    public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(10);

    /** 100 ms, doubling up to a minute. */
    public static final BackOff DEFAULT_BACK_OFF = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(60));

    /** @throws IllegalArgumentException naming the first setting that makes no sense, and what was expected */
    public EmitterSettings {
        try {
            HttpEndpoint ignored = HttpEndpoint.parse(endpoint.toString());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("endpoint: " + e.getMessage(), e);
        }
        atLeast(1, "batchSize", batchSize);
        atLeast(batchSize, "mostTogether", mostTogether);
        between(1, MAX_THREAD_COUNT, "threadCount", threadCount);
        atLeast(1, "queueCapacity", queueCapacity);
        atLeast(MIN_EVENT_BYTES, "queueBytes", queueBytes);
        between(1_000, MAX_REQUEST_BYTES, "maxRequestBytes", maxRequestBytes);
        linger = zeroOrMore("linger", linger);
        connectTimeout = positive("connectTimeout", connectTimeout);
        readTimeout = positive("readTimeout", readTimeout);
        if (whenFull instanceof WhenFull.Block block) {
            whenFull = WhenFull.block(Durations.clamped(block.max()));
        }
        if (outbox != null && whenFull instanceof WhenFull.Spill) {
            throw new IllegalArgumentException(
                    "whenFull: spilling to a folder makes no sense with an outbox, which is in one already");
        }
        if (kind.isKept() && outbox == null) {
            throw new IllegalArgumentException("outbox: none is set, but each " + kind.words()
                    + " waits on disk until it is delivered; expected a folder of this process alone");
        }
        headers = Map.copyOf(headers);
    }

    /** What is not said otherwise. */
    public static EmitterSettings of(URI endpoint, int batchSize, int threadCount) {
        return new EmitterSettings(
                EventKind.INTERNAL,
                endpoint,
                batchSize,
                batchSize,
                threadCount,
                DEFAULT_QUEUE_CAPACITY,
                DEFAULT_QUEUE_BYTES,
                DEFAULT_MAX_REQUEST_BYTES,
                DEFAULT_LINGER,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_READ_TIMEOUT,
                DEFAULT_BACK_OFF,
                GiveUp.DEFAULT,
                null,
                SpoolSettings.DEFAULTS,
                WhenFull.dropNewest(),
                Compression.NONE,
                Map.of(),
                null,
                null,
                DeliveryListener.NONE);
    }

    private static void atLeast(long least, String name, long value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " is not a whole number of " + least + " or more");
        }
    }

    private static void between(int least, int most, String name, int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + ": " + value + " is not a whole number from " + least + " to " + most);
        }
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    name + ": " + value + " is too short; expected a duration longer than zero, such as PT5S");
        }
        return Durations.clamped(value);
    }

    /**
     * Checks a duration that may be zero, and makes it one to calculate with.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static Duration zeroOrMore(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    name + ": " + value + " is negative; expected zero or more, such as PT5S");
        }
        return Durations.clamped(value);
    }
}
