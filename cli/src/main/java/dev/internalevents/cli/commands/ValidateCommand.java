package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.DefinitionsFolder;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.check.Owners;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Checks definitions, on the command line and in CI. */
@Command(
        name = "validate",
        sortOptions = false,
        description = {
            "Check the definitions of events and metrics: each file by itself and all of them together.",
            "Exits with 1 if there is an error."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events validate",
            "  internal-events validate ../gitlab --warnings",
            "  internal-events validate --strict --groups groups.yml",
            "  internal-events validate --format github          # annotations in a pull request",
            "  internal-events validate --format gitlab > gl-code-quality-report.json",
        })
public final class ValidateCommand implements Callable<Integer> {

    /** Output formats. */
    enum Format {
        text,
        json,
        github,
        gitlab
    }

    @Mixin
    private Console console = new Console();

    @Mixin
    private DefinitionsFolder folder = new DefinitionsFolder();

    @Option(
            names = "--format",
            paramLabel = "text|json|github|gitlab",
            description = "Lines, one JSON document, GitHub annotations, or a GitLab code quality report.")
    private Format format = Format.text;

    @Option(names = "--json", description = "Same as --format json.")
    private boolean json;

    @Option(names = "--warnings", description = "Show each warning, not only their number.")
    private boolean warnings;

    @Option(names = "--strict", description = "Report what GitLab's own CI rejects as an error instead of a warning.")
    private boolean strict;

    @Option(
            names = "--groups",
            paramLabel = "FILE",
            description = {
                "YAML file with all groups and categories: a list of groups, a map with product_groups and",
                "product_categories, or GitLab's stages.yml. Names that are not in it are reported."
            })
    private @Nullable Path groups;

    @Override
    public Integer call() throws IOException {
        Reading read = DefinitionFiles.read(folder.path(), groups == null ? Owners.ANY : Owners.read(groups));
        Reading reading = strict ? read.strict() : read;
        PrintWriter out = console.out();
        switch (json ? Format.json : format) {
            case json -> out.println(JsonMapper.shared().writeValueAsString(json(reading)));
            case github -> reading.problems().forEach(problem -> out.println(github(problem)));
            case gitlab ->
                out.println(JsonMapper.shared()
                        .writeValueAsString(
                                reading.problems().stream().map(this::gitlab).toList()));
            case text -> text(reading, out);
        }
        return reading.errors().isEmpty() ? 0 : 1;
    }

    private void text(Reading reading, PrintWriter out) {
        reading.errors().forEach(error -> out.println("error: " + error));
        if (warnings) {
            reading.warnings().forEach(warning -> out.println("warning: " + warning));
        }
        int events = reading.dictionary().allEvents().size();
        int metrics = reading.dictionary().metrics().size();
        int found = reading.warnings().size();
        out.println(count(reading.files(), "file") + ": " + count(events, "event") + ", " + count(metrics, "metric")
                + ", " + count(reading.errors().size(), "error") + ", " + count(found, "warning")
                + (found > 0 && !warnings ? " (--warnings shows them)" : ""));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static Map<String, Object> json(Reading reading) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("files", reading.files());
        json.put("events", reading.dictionary().allEvents().size());
        json.put("metrics", reading.dictionary().metrics().size());
        json.put("errors", reading.errors().stream().map(ValidateCommand::json).toList());
        json.put(
                "warnings",
                reading.warnings().stream().map(ValidateCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(Problem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", problem.source().file());
        json.put("line", problem.source().line());
        json.put("key", problem.key());
        json.put("message", problem.message());
        return json;
    }

    /** Returns the path relative to the working directory, which in CI is the root of the repository. */
    private String path(Problem problem) {
        return folder.path()
                .resolve(problem.source().file())
                .normalize()
                .toString()
                .replace('\\', '/');
    }

    private String github(Problem problem) {
        return "::" + (problem.error() ? "error" : "warning") + " file=" + property(path(problem)) + ",line="
                + line(problem) + "::"
                + data((problem.key().isEmpty() ? "" : problem.key() + ": ") + problem.message());
    }

    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }

    private Map<String, Object> gitlab(Problem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("description", (problem.key().isEmpty() ? "" : problem.key() + ": ") + problem.message());
        json.put("check_name", "internal-events-definitions");
        json.put(
                "fingerprint",
                UUID.nameUUIDFromBytes(problem.toString().getBytes(StandardCharsets.UTF_8))
                        .toString());
        json.put("severity", problem.error() ? "major" : "info");
        json.put("location", Map.of("path", path(problem), "lines", Map.of("begin", line(problem))));
        return json;
    }

    /** Replaces line 0, which means the whole file or folder, by 1: GitHub's and GitLab's formats have no line 0. */
    private static int line(Problem problem) {
        return Math.max(problem.source().line(), 1);
    }
}
