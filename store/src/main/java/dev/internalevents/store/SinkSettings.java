package dev.internalevents.store;

import dev.internalevents.protocol.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an event sink.
 *
 * @param location where the tables are: an absolute path, or {@code s3://bucket/prefix}
 * @param catalog the address of the catalog that knows the tables, which begins with {@code jdbc:} or {@code rest:};
 *     null if the files themselves do
 * @param format what is written
 * @param commitEvery events are visible to readers after at most this time; at least one second
 * @param commitBytes events are visible once they take this many bytes; at least 1 MB
 * @param s3Endpoint the URL of an object store that speaks S3's protocol, with the bucket in its path; null for that of
 *     AWS, or the one in {@code AWS_ENDPOINT_URL_S3} or {@code AWS_ENDPOINT_URL}
 */
public record SinkSettings(
        String location,
        @Nullable String catalog,
        Format format,
        Duration commitEvery,
        long commitBytes,
        @Nullable String s3Endpoint) {

    /** What a sink writes. */
    public enum Format {
        /** Iceberg tables. */
        ICEBERG,
        /** Parquet files in a folder for each day, without a table format. */
        PARQUET
    }

    /** 5 minutes. */
    public static final Duration DEFAULT_COMMIT_EVERY = Duration.ofMinutes(5);

    /** 128 MB. */
    public static final long DEFAULT_COMMIT_BYTES = 128 << 20;

    private static final long MIN_COMMIT_BYTES = 1_000_000;
    private static final Duration MAX_COMMIT_EVERY = Duration.ofDays(1);

    /**
     * @throws IllegalArgumentException if a value is invalid, or an address contains a secret; the message names the
     *     option and what it expects
     */
    public SinkSettings {
        location = SinkAddresses.location(location);
        catalog = SinkAddresses.catalog(catalog);
        s3Endpoint = SinkAddresses.endpoint(s3Endpoint, location);
        if (format == Format.PARQUET && (catalog != null || location.startsWith(SinkAddresses.OBJECT_STORE))) {
            throw new IllegalArgumentException("lake-format: Parquet files without a table format can only be written"
                    + " to a folder, without a catalog; expected --lake DIR alone, or --lake-format iceberg");
        }
        if (commitEvery.compareTo(Duration.ofSeconds(1)) < 0 || commitEvery.compareTo(MAX_COMMIT_EVERY) > 0) {
            throw new IllegalArgumentException("lake-commit: " + DurationText.of(commitEvery)
                    + " is not a time between 1s and 1d; expected for example 5m");
        }
        if (commitBytes < MIN_COMMIT_BYTES) {
            throw new IllegalArgumentException("lake-commit-size: " + commitBytes
                    + " bytes are fewer than 1 MB, which would make too many files; expected for example 128MB");
        }
    }

    /** Settings without an endpoint of their own for the object store. */
    public SinkSettings(
            String location, @Nullable String catalog, Format format, Duration commitEvery, long commitBytes) {
        this(location, catalog, format, commitEvery, commitBytes, null);
    }

    /** Settings of Iceberg tables in a folder, without a catalog. */
    public SinkSettings(Path folder, Duration commitEvery, long commitBytes) {
        this(folder.toString(), null, Format.ICEBERG, commitEvery, commitBytes);
    }

    /** Returns settings of Iceberg tables in a folder, without a catalog, and with the default times and sizes. */
    public static SinkSettings in(Path folder) {
        return new SinkSettings(folder, DEFAULT_COMMIT_EVERY, DEFAULT_COMMIT_BYTES);
    }

    /** Returns the folder of the tables; null if they are in an object store. */
    public @Nullable Path folder() {
        return location.startsWith(SinkAddresses.OBJECT_STORE) ? null : Path.of(location);
    }
}
