package dev.internalevents.lake.s3;

import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an object store. Credentials and, if it is missing here, the region are those that AWS's tools use: from
 * the environment, their files, or the role of the machine.
 *
 * @param endpoint the URL of the store; null for AWS. With one, the bucket is part of the path
 * @param region null for the one that AWS's tools use
 * @param keys credentials that a catalog has issued; null for those that AWS's tools use
 * @param timeouts how long to wait
 */
public record S3Settings(
        @Nullable String endpoint,
        @Nullable String region,
        @Nullable Keys keys,
        Timeouts timeouts) {

    /** The property of Iceberg with the endpoint. */
    public static final String ENDPOINT = "s3.endpoint";

    private static final String REGION = "client.region";
    private static final String ACCESS_KEY = "s3.access-key-id";
    private static final String SECRET_KEY = "s3.secret-access-key";
    private static final String SESSION_TOKEN = "s3.session-token";

    /** Credentials that a catalog has issued. */
    public record Keys(String id, String secret, @Nullable String session) {

        /** Without the secret. */
        @Override
        public String toString() {
            return id;
        }
    }

    /**
     * How long to wait.
     *
     * @param read for the next bytes of an answer
     * @param attempt for an answer
     * @param call for a request and its repetitions
     */
    public record Timeouts(Duration read, Duration attempt, Duration call) {

        /** 20 seconds, 1 minute, 2 minutes. */
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(20), Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    /** Returns the settings for an endpoint, or for the one that the environment names. */
    public static S3Settings of(@Nullable String endpoint, UnaryOperator<@Nullable String> environment) {
        return of(endpoint == null ? Map.of() : Map.of(ENDPOINT, endpoint), environment);
    }

    /** Returns the settings that a catalog or a caller has given as Iceberg's properties. */
    static S3Settings of(Map<String, String> properties, UnaryOperator<@Nullable String> environment) {
        String endpoint = first(
                properties.get(ENDPOINT),
                environment.apply("AWS_ENDPOINT_URL_S3"),
                environment.apply("AWS_ENDPOINT_URL"));
        String id = properties.get(ACCESS_KEY);
        String secret = properties.get(SECRET_KEY);
        return new S3Settings(
                endpoint,
                first(properties.get(REGION), environment.apply("AWS_REGION"), environment.apply("AWS_DEFAULT_REGION")),
                id == null || secret == null ? null : new Keys(id, secret, properties.get(SESSION_TOKEN)),
                Timeouts.DEFAULT);
    }

    private static @Nullable String first(@Nullable String... values) {
        for (String value : values) {
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }

    /** Returns the same with other timeouts. */
    public S3Settings with(Timeouts others) {
        return new S3Settings(endpoint, region, keys, others);
    }
}
