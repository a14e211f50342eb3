package dev.internalevents.cli.commands;

import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.backup.BackupReader;
import dev.internalevents.collector.backup.Restore;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Restores a backup into a folder for a collector. */
@Command(
        name = "restore",
        description = {
            "Restore a backup into a folder from which a collector can then be started.",
            "The names, sizes and hashes of all files are checked before the first is written. If the restore is",
            "interrupted, no collector starts from the folder until you run it again."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events restore events.tar --data /var/lib/internal-events",
            "  internal-events collector --data /var/lib/internal-events"
        })
public final class RestoreCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Parameters(paramLabel = "FILE", description = "The backup, as written by internal-events backup.")
    private Path file = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "The collector's folder; it must be missing or empty.")
    private Path data = Path.of("");

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw console.wrongUsage("FILE: " + file + (Files.exists(file) ? " is not a file" : " does not exist")
                    + "; expected a backup, as written by: internal-events backup");
        }
        BackupReader.Contents contents = restore();
        console.out()
                .println(String.format(
                        Locale.ROOT,
                        "%s has %,d events and %,d waiting requests as of %s; start: internal-events collector --data %s",
                        data,
                        contents.manifest().events(),
                        contents.manifest().waitingRequests(),
                        contents.manifest().time().truncatedTo(ChronoUnit.SECONDS),
                        data));
        return 0;
    }

    private BackupReader.Contents restore() throws IOException {
        try {
            return Restore.restore(file, data);
        } catch (FileSystemException e) {
            // Names the file itself.
            throw e;
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            throw new IOException(reason.startsWith("not a backup") ? file + " is " + reason : reason, e);
        }
    }
}
