package dev.internalevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs commands in this process. */
public final class Cli {

    private Cli() {}

    /** Runs a command line, checks its exit code, and returns what it printed to standard output and standard error. */
    public static String run(int expectedCode, String... arguments) {
        CommandLine commandLine = Main.commandLine();
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output, true);
        commandLine.setOut(writer);
        commandLine.setErr(writer);
        int code = commandLine.execute(HelpOption.orCommand(commandLine, arguments));
        assertThat(code).as(output.toString()).isEqualTo(expectedCode);
        return output.toString();
    }
}
