package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.options.NewFile;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.store.duckdb.ParquetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the collector's events to a file. */
@Command(
        name = "export",
        description = "Write the collector's good events to a file: Parquet, NDJSON, CSV, or Snowplow's enriched TSV.",
        footer = {
            "",
            "Examples:",
            "  internal-events export --format parquet --out events.parquet",
            "  internal-events export --format csv --out events.csv",
            "  internal-events export --format tsv > events.tsv"
        })
public final class ExportCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Option(
            names = "--format",
            paramLabel = "ndjson|csv|tsv|parquet",
            description = "Format of the file; default: ${DEFAULT-VALUE}.")
    private String format = "ndjson";

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "File to write; default, or -: standard output. Required for Parquet.")
    private @Nullable Path file;

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (file != null && file.toString().equals("-")) {
            file = null;
        }
        String fault = file == null ? null : NewFile.fault(file).orElse(null);
        if (fault != null) {
            throw console.wrongUsage("--out: " + fault);
        }
        switch (format) {
            case "ndjson", "csv", "tsv" -> lines(format);
            case "parquet" -> parquet();
            default ->
                throw console.wrongUsage(
                        "--format: \"" + format + "\" is not allowed; allowed: ndjson, csv, tsv, parquet");
        }
        return 0;
    }

    private void lines(String what) throws IOException, InterruptedException {
        try (CountedRecords in = records(what)) {
            if (file == null) {
                in.transferTo(System.out);
                System.out.flush();
            } else {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            }
            report(in.count());
        }
    }

    private void parquet() throws IOException, InterruptedException {
        if (file == null) {
            throw console.wrongUsage("--out: Parquet needs a file, for example --out events.parquet");
        }
        Path lines = Files.createTempFile("internal-events-", ".ndjson");
        try (CountedRecords in = records("ndjson")) {
            Files.copy(in, lines, StandardCopyOption.REPLACE_EXISTING);
            ParquetFile.fromNdjson(lines, file);
            report(in.count());
        } finally {
            Files.deleteIfExists(lines);
        }
    }

    private CountedRecords records(String what) throws IOException, InterruptedException {
        return new CountedRecords(collector.stream("/micro/export?format=" + what), what.equals("csv"));
    }

    /** Prints how many events were written, not among the events. */
    private void report(long count) {
        String events = "Wrote " + count + (count == 1 ? " event" : " events");
        if (file == null) {
            console.err().println(events + ".");
        } else {
            console.out().println(events + " to " + file + ".");
        }
    }
}
