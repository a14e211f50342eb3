package dev.internalevents.client.emitter;

import java.net.URI;
import java.time.Duration;

/**
 * Where, how many at a time and how patiently an emitter sends.
 *
 * @param endpoint the collector's address, http or https; requests go to {@code com.snowplowanalytics.snowplow/tp2}
 *     below it
 * @param batchSize events in a request at most, 1 or more
 * @param threadCount threads that send, 1 or more
 * @param queueCapacity events that may wait, 1 or more
 * @param linger how long a batch that is not full waits for more events
 * @param connectTimeout how long a connection may take
 * @param readTimeout how long an answer may take
 * @param backOff the waits between tries
 */
public record EmitterSettings(
        URI endpoint,
        int batchSize,
        int threadCount,
        int queueCapacity,
        Duration linger,
        Duration connectTimeout,
        Duration readTimeout,
        BackOff backOff) {

    /** {@value}. */
    public static final int DEFAULT_BATCH_SIZE = 1;

    /** {@value}. */
    public static final int DEFAULT_THREAD_COUNT = 1;

    /** {@value}. */
    public static final int DEFAULT_QUEUE_CAPACITY = 10_000;

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
        String scheme = endpoint.getScheme();
        if (endpoint.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException("endpoint: \"" + endpoint
                    + "\" is not an http or https URL with a host, such as http://127.0.0.1:9091");
        }
        if (endpoint.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "endpoint: the URL has a user name or password in it; expected one without");
        }
        atLeastOne("batchSize", batchSize);
        atLeastOne("threadCount", threadCount);
        atLeastOne("queueCapacity", queueCapacity);
        if (linger.isNegative()) {
            throw new IllegalArgumentException("linger: " + linger + " is negative");
        }
        positive("connectTimeout", connectTimeout);
        positive("readTimeout", readTimeout);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " is not a whole number of 1 or more");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " is not longer than nothing");
        }
    }
}
