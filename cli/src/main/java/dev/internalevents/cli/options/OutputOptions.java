package dev.internalevents.cli.options;

import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.collector.output.EventLines;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a collector writes good events besides its store. */
final class OutputOptions {

    @Option(
            names = {"-t", "--output-tsv"},
            description = "Write good events to standard output, as Snowplow's enriched TSV.")
    private boolean outputTsv;

    @Option(
            names = {"-j", "--output-json"},
            description = "Write good events to standard output, as JSON.")
    private boolean outputJson;

    @Option(
            names = {"-d", "--destination"},
            paramLabel = "URL",
            description = "Send the output of --output-tsv or --output-json to this URL instead, one POST per event.")
    private @Nullable URI destination;

    /**
     * Applies the options to the settings.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    void apply(CollectorSettingsBuilder settings) {
        if (outputTsv && outputJson) {
            throw new IllegalArgumentException("output-tsv: use either --output-tsv or --output-json, not both");
        }
        if (destination != null && !outputTsv && !outputJson) {
            throw new IllegalArgumentException("destination: requires --output-tsv or --output-json");
        }
        EventLines.Format format = outputTsv ? EventLines.Format.TSV : EventLines.Format.JSON;
        if (outputTsv || outputJson) {
            settings.output(
                    destination == null ? EventLines.to(System.out, format) : EventLines.to(destination, format));
        }
    }

    /** Returns whether events are written to standard output. */
    boolean writesEvents() {
        return (outputTsv || outputJson) && destination == null;
    }
}
