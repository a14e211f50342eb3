package dev.internalevents.cli.commands;

import dev.internalevents.iglu.FolderRegistry;
import dev.internalevents.iglu.Registry;
import dev.internalevents.iglu.lint.Finding;
import dev.internalevents.iglu.lint.RegistryLint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Describes the collector's schema registries in its start-up output. */
final class FoundSchemas {

    private static final String LEAD = "Schemas      ";

    private FoundSchemas() {}

    /** Returns one line per registry. Reads the schemas in folders; makes no network requests. */
    static List<String> lines(List<Registry> registries) {
        return registries.stream()
                .map(registry ->
                        LEAD + (registry instanceof FolderRegistry found ? folder(found.folder()) : registry.name()))
                .toList();
    }

    private static String folder(Path folder) {
        RegistryLint.Report report;
        try {
            report = RegistryLint.check(List.of(folder), Set.of(), Set.of());
        } catch (IOException e) {
            return folder + " (cannot be read: " + e.getMessage() + ")";
        }
        if (report.schemas() == 0
                && report.findings().stream().allMatch(finding -> finding.file().equals(folder))) {
            return folder + " (none yet; expected schemas/VENDOR/NAME/jsonschema/VERSION below it)";
        }
        long wrong = report.findings().stream()
                .filter(Finding::error)
                .map(Finding::file)
                .distinct()
                .count();
        return folder + " (" + report.schemas()
                + (wrong == 0
                        ? ""
                        : "; " + wrong + (wrong == 1 ? " file has" : " files have")
                                + " errors: run internal-events lint " + folder)
                + ")";
    }
}
