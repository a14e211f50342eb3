package dev.internalevents.cli.options;

import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.store.SinkSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a collector writes its events as tables for other engines. */
public final class LakeOptions {

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    @Option(
            names = "--lake",
            paramLabel = "DIR",
            description = "Folder in which events are also written as tables for other engines, good_events and"
                    + " failed_events; default: none.")
    private @Nullable String lake;

    @Option(
            names = "--lake-commit",
            paramLabel = "DURATION",
            converter = Spans.class,
            description = "Longest time until events are visible in the lake; default: 5m.")
    private @Nullable Duration commitEvery;

    @Option(
            names = "--lake-commit-size",
            paramLabel = "SIZE",
            converter = Size.class,
            description = "Size from which events are visible earlier, in megabytes or, for example, 64MB; default:"
                    + " 128MB.")
    private @Nullable Long commitBytes;

    @Option(
            names = "--lake-format",
            paramLabel = "FORMAT",
            description = "iceberg: Iceberg tables; parquet: Parquet files in a folder for each day, without a table"
                    + " format; default: iceberg.")
    private @Nullable String format;

    /**
     * Returns the values of the options; null without a lake.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    public @Nullable SinkSettings settings() {
        String folder = lake;
        if (folder == null) {
            check(commitEvery, "lake-commit");
            check(commitBytes, "lake-commit-size");
            check(format, "lake-format");
            return null;
        }
        if (SCHEME.matcher(folder).matches() || folder.isBlank()) {
            // An address may contain a secret.
            throw new IllegalArgumentException("lake: \"" + OneLine.of(folder.replaceFirst(":.*", ":…"))
                    + "\" is not a folder; expected a path of a mounted file system, such as /var/lib/lake");
        }
        try {
            return new SinkSettings(
                    Path.of(folder).toString(),
                    null,
                    format(),
                    Objects.requireNonNullElse(commitEvery, SinkSettings.DEFAULT_COMMIT_EVERY),
                    Objects.requireNonNullElse(commitBytes, SinkSettings.DEFAULT_COMMIT_BYTES));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("lake: it is not a path (" + e.getReason() + "); expected a folder", e);
        }
    }

    private SinkSettings.Format format() {
        String name = Objects.requireNonNullElse(format, "iceberg");
        return switch (name) {
            case "iceberg" -> SinkSettings.Format.ICEBERG;
            case "parquet" -> SinkSettings.Format.PARQUET;
            default ->
                throw new IllegalArgumentException(
                        "lake-format: \"" + OneLine.of(name) + "\" is not a format; expected iceberg or parquet");
        };
    }

    private static void check(@Nullable Object value, String option) {
        if (value != null) {
            throw new IllegalArgumentException(option + ": it has no effect without --lake; expected --lake DIR too");
        }
    }
}
