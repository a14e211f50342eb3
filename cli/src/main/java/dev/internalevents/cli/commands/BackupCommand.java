package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.options.NewFile;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.backup.BackupReader;
import dev.internalevents.spool.OwnerOnly;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Backs up a running collector. */
@Command(
        name = "backup",
        description = {
            "Write a consistent copy of a running collector to a file: its events, waiting requests and counters.",
            "The collector keeps accepting requests. It needs disk space for a copy of its store next to the store. If",
            "it has an admin token, set it in INTERNAL_EVENTS_TOKEN."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events backup events.tar",
            "  internal-events backup --url https://events.example.com /backups/$(date +%%F).tar",
            "  internal-events backup - | zstd > events.tar.zst",
            "",
            "Restore it with: internal-events restore events.tar --data DIR"
        })
public final class BackupCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Parameters(paramLabel = "FILE", description = "File to write, readable only by its owner; - for standard output.")
    private String file = "";

    @Option(names = "--force", description = "Replace FILE if it exists.")
    private boolean force;

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (file.equals("-")) {
            BackupReader.Contents contents = copy(System.out);
            // A PrintStream does not throw; it only records the error.
            if (System.out.checkError()) {
                throw new IOException("standard output could not be written: its reader is gone or has no space left;"
                        + " what was written is not a complete backup");
            }
            report(console.err(), contents);
            return 0;
        }
        Path target = Path.of(file);
        if (Files.exists(target) && !force) {
            throw console.wrongUsage("FILE: " + target + " already exists; name another, or replace it with --force");
        }
        String fault = NewFile.fault(target).orElse(null);
        if (fault != null) {
            throw console.wrongUsage("FILE: " + fault);
        }
        Path part = target.resolveSibling(target.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            BackupReader.Contents contents;
            try (FileChannel channel = create(part)) {
                contents = copy(Channels.newOutputStream(channel));
                channel.force(true);
            }
            if (force) {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.move(part, target);
            }
            report(console.out(), contents);
        } finally {
            Files.deleteIfExists(part);
        }
        return 0;
    }

    private BackupReader.Contents copy(OutputStream to) throws IOException, InterruptedException {
        try (Copying in = new Copying(collector.postForStream("/micro/backup"), to)) {
            try {
                BackupReader.Contents contents = BackupReader.check(in);
                to.flush();
                return contents;
            } catch (IOException e) {
                if (in.notWritten != null) {
                    throw new IOException(
                            (file.equals("-") ? "standard output" : file) + " could not be written: "
                                    + in.notWritten.getMessage() + "; free space, or name another file",
                            e);
                }
                throw new IOException(e.getMessage() + "; if the collector aborted the backup, see its log", e);
            }
        }
    }

    private void report(PrintWriter out, BackupReader.Contents contents) {
        out.println(String.format(
                Locale.ROOT,
                "%s: %,d events, %,d waiting requests, %,d bytes, as of %s",
                file.equals("-") ? "backup" : file,
                contents.manifest().events(),
                contents.manifest().waitingRequests(),
                contents.bytes(),
                contents.manifest().time().truncatedTo(ChronoUnit.SECONDS)));
        out.flush();
    }

    /** Creates the file with access for its owner only, if the file system supports it: events are personal data. */
    private static FileChannel create(Path part) throws IOException {
        return OwnerOnly.create(part);
    }

    /** Copies everything that is read from the stream to another stream. */
    private static final class Copying extends FilterInputStream {

        private final OutputStream to;
        private @Nullable IOException notWritten;

        private Copying(InputStream in, OutputStream to) {
            super(in);
            this.to = to;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            if (one >= 0) {
                write(new byte[] {(byte) one}, 0, 1);
            }
            return one;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int n = super.read(bytes, from, length);
            if (n > 0) {
                write(bytes, from, n);
            }
            return n;
        }

        private void write(byte[] bytes, int from, int length) throws IOException {
            try {
                to.write(bytes, from, length);
            } catch (IOException e) {
                notWritten = e;
                throw e;
            }
        }

        @Override
        public long skip(long n) throws IOException {
            // Skipped bytes must be copied too.
            byte[] some = new byte[(int) Math.min(n, 1 << 16)];
            return Math.max(0, read(some, 0, some.length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
