package dev.internalevents.cli.terminal;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command prints, and how it rejects what it was called with. Each command has it as a mixin. */
@Command
public final class Console {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec command;

    /** Returns the name of the command, such as {@code micro}. */
    public String commandName() {
        return command.name();
    }

    /** Returns the command line with all commands. */
    public CommandLine topLevel() {
        return command.root().commandLine();
    }

    /** Returns the writer of standard output. */
    public PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** Returns the writer of standard error. */
    public PrintWriter err() {
        return command.commandLine().getErr();
    }

    /** Returns an exception to throw: its message is printed, and the command ends with exit code 2. */
    public ParameterException wrongUsage(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** Does the same as {@link #wrongUsage(String)}, with the cause. */
    public ParameterException wrongUsage(String message, Throwable cause) {
        return new ParameterException(command.commandLine(), message, cause);
    }
}
