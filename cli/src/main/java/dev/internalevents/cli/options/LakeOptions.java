package dev.internalevents.cli.options;

import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.store.SinkSettings;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a collector writes its events as tables for other engines. */
public final class LakeOptions {

    @Option(
            names = "--lake",
            paramLabel = "DIR",
            description = "Folder, or s3://BUCKET/PREFIX, in which events are also written as tables for other engines,"
                    + " good_events and failed_events; default: none.")
    private @Nullable String lake;

    @Option(
            names = "--lake-catalog",
            paramLabel = "ADDRESS",
            description = "Catalog of the tables, such as jdbc:postgresql://HOST/DATABASE or rest:https://HOST/PATH;"
                    + " default: none, the files themselves. User and password are in"
                    + " INTERNAL_EVENTS_LAKE_CATALOG_USER and INTERNAL_EVENTS_LAKE_CATALOG_PASSWORD, a token in"
                    + " INTERNAL_EVENTS_LAKE_CATALOG_TOKEN.")
    private @Nullable String catalog;

    @Option(
            names = "--lake-s3-endpoint",
            paramLabel = "URL",
            description = "Object store with S3's protocol that has the bucket; default: AWS_ENDPOINT_URL_S3,"
                    + " AWS_ENDPOINT_URL, or AWS. The region and the keys are in AWS's own variables and files.")
    private @Nullable String endpoint;

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
            check(catalog, "lake-catalog");
            check(endpoint, "lake-s3-endpoint");
            check(commitEvery, "lake-commit");
            check(commitBytes, "lake-commit-size");
            check(format, "lake-format");
            return null;
        }
        return new SinkSettings(
                folder,
                catalog,
                format(),
                Objects.requireNonNullElse(commitEvery, SinkSettings.DEFAULT_COMMIT_EVERY),
                Objects.requireNonNullElse(commitBytes, SinkSettings.DEFAULT_COMMIT_BYTES),
                endpoint);
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
