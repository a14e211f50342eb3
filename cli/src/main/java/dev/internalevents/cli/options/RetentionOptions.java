package dev.internalevents.cli.options;

import dev.internalevents.store.Retention;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a collector keeps what it has stored. */
public final class RetentionOptions {

    @Option(
            names = "--keep",
            paramLabel = "DURATION",
            description = "How long events are kept, for example P90D; default: no limit.")
    private @Nullable Duration keep;

    @Option(
            names = "--max-store",
            paramLabel = "MB",
            description = "Store size above which the oldest events are removed; default: no limit.")
    private long maxStoreMegabytes;

    @Option(
            names = "--keep-raw",
            paramLabel = "DURATION",
            defaultValue = "P30D",
            description = "How long the original requests of failed events are kept; default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Duration keepRaw;

    /**
     * Returns the values of the options.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    public Retention retention() {
        return new Retention(keep, CollectorOptions.bytes("max-store", maxStoreMegabytes, 0), keepRaw);
    }
}
