package dev.internalevents.cli.options;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The folder of definitions that a command reads. */
public final class DefinitionsFolder {

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            description = "Folder with events and metrics, or with config/events and config/metrics; default: here.")
    private Path folder = Path.of(".");

    public Path path() {
        return folder;
    }
}
