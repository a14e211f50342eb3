package dev.internalevents.cli.commands;

import dev.internalevents.cli.terminal.Console;
import dev.internalevents.iglu.lint.Finding;
import dev.internalevents.iglu.lint.RegistryLint;
import dev.internalevents.protocol.SchemaKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Checks custom schemas, on the command line and in CI. */
@Command(
        name = "lint",
        sortOptions = false,
        description = {
            "Check schemas as Snowplow's pipeline does before it uses them, check where they are in the folder, and"
                    + " report igluctl's warnings.",
            "Exits with 1 if there is an error, and with 2 if a path does not exist."
        },
        footer = {
            "",
            "Warning checks: description, duplicateKeys, numericMinMax, optionalNull, references, rootObject,",
            "stringLength, stringMaxLengthRange, unknownFormats, unknownKeywords, versions.",
            "",
            "Examples:",
            "  internal-events lint iglu-registry",
            "  internal-events lint iglu-registry/schemas/com.acme/checkout/jsonschema/1-0-0",
            "  internal-events lint iglu-registry --skip-warnings",
            "  internal-events lint iglu-registry --skip-checks description,optionalNull",
            "  internal-events lint iglu-registry --json > findings.json",
        })
public final class LintCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Parameters(
            paramLabel = "DIR|FILE",
            arity = "1..*",
            description = "Folders with schemas/VENDOR/NAME/jsonschema/VERSION or part of it, and files in them.")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--skip-warnings", description = "Report errors only.")
    private boolean skipWarnings;

    @Option(
            names = "--skip-checks",
            paramLabel = "CHECK",
            split = ",",
            description = "Warning checks to skip, separated by commas.")
    private List<String> skippedChecks = new ArrayList<>();

    @Option(
            names = "--skip-schemas",
            paramLabel = "SCHEMA",
            split = ",",
            description = "Schemas to skip, such as iglu:com.acme/a/jsonschema/1-0-0, separated by commas.")
    private List<String> skippedSchemas = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw console.wrongUsage(path + ": no such file or folder; expected schemas");
            }
        }
        RegistryLint.Report report = RegistryLint.check(paths, checks(), schemas());
        List<Finding> findings = report.findings().stream()
                .filter(finding -> finding.error() || !skipWarnings)
                .toList();
        long errors = findings.stream().filter(Finding::error).count();
        PrintWriter out = console.out();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(json(report.schemas(), findings)));
        } else {
            findings.forEach(finding -> out.println((finding.error() ? "error: " : "warning: ") + finding));
            out.println(count(report.schemas(), "schema") + ": " + count(errors, "error")
                    + (skipWarnings ? "" : ", " + count(findings.size() - errors, "warning")));
        }
        return errors == 0 ? 0 : 1;
    }

    private Set<String> checks() {
        for (String check : skippedChecks) {
            if (!RegistryLint.skippableChecks().contains(check)) {
                throw console.wrongUsage("--skip-checks: no such check: " + check + "; expected some of "
                        + String.join(", ", RegistryLint.skippableChecks()));
            }
        }
        return Set.copyOf(skippedChecks);
    }

    private Set<SchemaKey> schemas() {
        try {
            return skippedSchemas.stream().map(SchemaKey::parse).collect(Collectors.toSet());
        } catch (IllegalArgumentException e) {
            throw console.wrongUsage("--skip-schemas: " + e.getMessage(), e);
        }
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static Map<String, Object> json(int schemas, List<Finding> findings) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemas", schemas);
        json.put("findings", findings.stream().map(LintCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("level", finding.error() ? "error" : "warning");
        json.put("file", finding.file().toString().replace('\\', '/'));
        json.put("pointer", finding.pointer());
        json.put("check", finding.check());
        json.put("message", finding.message());
        return json;
    }
}
