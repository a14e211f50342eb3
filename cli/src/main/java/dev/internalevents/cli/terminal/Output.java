package dev.internalevents.cli.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * Makes standard output and standard error use UTF-8 in every locale. Other programs read them, and by default the JVM
 * uses the charset of the locale, which in containers, cron and systemd units is often ASCII.
 */
public final class Output {

    private Output() {}

    /** Makes {@link System#out} and {@link System#err} write UTF-8. Call it before any logger is used. */
    public static void useUtf8() {
        System.setOut(stream(FileDescriptor.out));
        System.setErr(stream(FileDescriptor.err));
    }

    private static PrintStream stream(FileDescriptor file) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(file)), true, StandardCharsets.UTF_8);
    }

    /** Makes a command and its subcommands write UTF-8. */
    public static void writeUtf8(CommandLine command) {
        command.setOut(new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true));
        command.setErr(new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true));
    }
}
