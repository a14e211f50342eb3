package dev.internalevents.cli.options;

import dev.internalevents.store.Retention;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a collector keeps what it has stored. */
public final class RetentionOptions {

    private static final Duration SHORT = Duration.ofHours(1);

    @Option(
            names = "--keep",
            paramLabel = "DURATION",
            converter = Spans.class,
            description = "How long events are kept, for example 90d or 36h; default: no limit.")
    private @Nullable Duration keep;

    @Option(
            names = "--max-store",
            paramLabel = "SIZE",
            converter = Size.class,
            description = "Store size above which the oldest events are removed, in megabytes or, for example, 50GB;"
                    + " default: no limit.")
    private @Nullable Long maxStore;

    @Option(
            names = "--keep-raw",
            paramLabel = "DURATION",
            converter = Spans.class,
            defaultValue = "30d",
            description = "How long the original requests of failed events are kept; default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Duration keepRaw;

    /** Prints a warning if events are removed so early that a unit was probably mistaken for another. */
    public void warn(PrintWriter notices) {
        if (keep != null && keep.compareTo(SHORT) < 0 && !keep.isNegative() && !keep.isZero()) {
            notices.println("--keep: events are removed once they are older than " + Spans.text(keep)
                    + "; for days write, for example, 20d");
            notices.flush();
        }
    }

    /**
     * Returns the values of the options.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    public Retention retention() {
        if (maxStore != null && maxStore == 0) {
            throw new IllegalArgumentException("max-store: 0 would leave no room for events; expected for example 50GB,"
                    + " or no --max-store for no limit");
        }
        return new Retention(keep, maxStore == null ? 0 : maxStore, keepRaw);
    }
}
