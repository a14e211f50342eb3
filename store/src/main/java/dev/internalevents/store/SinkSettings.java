package dev.internalevents.store;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of an event sink in a folder.
 *
 * @param folder the folder of the tables, which is created if it is missing
 * @param commitEvery events are visible to readers after at most this time; at least one second
 * @param commitBytes events are visible once they take this many bytes; at least 1 MB
 */
public record SinkSettings(Path folder, Duration commitEvery, long commitBytes) {

    /** 5 minutes. */
    public static final Duration DEFAULT_COMMIT_EVERY = Duration.ofMinutes(5);

    /** 128 MB. */
    public static final long DEFAULT_COMMIT_BYTES = 128 << 20;

    private static final long MIN_COMMIT_BYTES = 1_000_000;
    private static final Duration MAX_COMMIT_EVERY = Duration.ofDays(1);

    /** @throws IllegalArgumentException if a value is out of range; the message names the option and what it expects */
    public SinkSettings {
        folder = folder.toAbsolutePath().normalize();
        if (commitEvery.compareTo(Duration.ofSeconds(1)) < 0 || commitEvery.compareTo(MAX_COMMIT_EVERY) > 0) {
            throw new IllegalArgumentException(
                    "lake-commit: " + commitEvery + " is not a time between 1s and 1d; expected for example 5m");
        }
        if (commitBytes < MIN_COMMIT_BYTES) {
            throw new IllegalArgumentException("lake-commit-size: " + commitBytes
                    + " bytes are fewer than 1 MB, which would make too many files; expected for example 128MB");
        }
    }

    /** Returns settings with the default times and sizes. */
    public static SinkSettings in(Path folder) {
        return new SinkSettings(folder, DEFAULT_COMMIT_EVERY, DEFAULT_COMMIT_BYTES);
    }
}
