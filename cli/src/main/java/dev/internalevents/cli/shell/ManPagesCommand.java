package dev.internalevents.cli.shell;

import dev.internalevents.cli.terminal.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a man page for each command. The build of the distribution calls it. */
@Command(name = "man-pages", hidden = true, description = "Write a man page for each command into a folder.")
public final class ManPagesCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Parameters(paramLabel = "DIR", description = "Folder; it is created if missing.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path folder;

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(folder);
        for (Described command : Described.of(console.topLevel()).all()) {
            Files.writeString(folder.resolve(command.joined("-") + ".1"), new ManPage(command).text());
        }
        return 0;
    }
}
