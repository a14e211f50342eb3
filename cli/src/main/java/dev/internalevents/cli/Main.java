package dev.internalevents.cli;

import dev.internalevents.cli.commands.BackupCommand;
import dev.internalevents.cli.commands.CollectorCommand;
import dev.internalevents.cli.commands.DemoCommand;
import dev.internalevents.cli.commands.DoctorCommand;
import dev.internalevents.cli.commands.ExportCommand;
import dev.internalevents.cli.commands.FailedCommand;
import dev.internalevents.cli.commands.ForgetCommand;
import dev.internalevents.cli.commands.GatewayCommand;
import dev.internalevents.cli.commands.GenerateCommand;
import dev.internalevents.cli.commands.LintCommand;
import dev.internalevents.cli.commands.MetricsCommand;
import dev.internalevents.cli.commands.MicroCommand;
import dev.internalevents.cli.commands.RestoreCommand;
import dev.internalevents.cli.commands.SendCommand;
import dev.internalevents.cli.commands.ServicePingCommand;
import dev.internalevents.cli.commands.SetAsideCommand;
import dev.internalevents.cli.commands.SqlCommand;
import dev.internalevents.cli.commands.ValidateCommand;
import dev.internalevents.cli.commands.WarmUpCommand;
import dev.internalevents.cli.define.DefineCommand;
import dev.internalevents.cli.monitor.MonitorCommand;
import dev.internalevents.cli.options.Conversions;
import dev.internalevents.cli.options.Variables;
import dev.internalevents.cli.shell.CompletionCommand;
import dev.internalevents.cli.shell.ManPagesCommand;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.cli.terminal.Output;
import dev.internalevents.client.internal.http.ConnectionFailure;
import dev.internalevents.protocol.ProductVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParseResult;

/** The {@code internal-events} command. Exit codes: 0 success, 1 failure, 2 wrong usage. */
@Command(
        name = "internal-events",
        versionProvider = Main.Version.class,
        description = "See how your product is used: from one line of code to a dashboard.",
        subcommands = {
            DemoCommand.class,
            MicroCommand.class,
            CollectorCommand.class,
            GatewayCommand.class,
            SendCommand.class,
            SqlCommand.class,
            ExportCommand.class,
            FailedCommand.class,
            SetAsideCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            ForgetCommand.class,
            DefineCommand.class,
            ValidateCommand.class,
            LintCommand.class,
            GenerateCommand.class,
            MetricsCommand.class,
            MonitorCommand.class,
            ServicePingCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            ManPagesCommand.class,
            WarmUpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  internal-events demo",
            "  internal-events micro --port 9092",
            "  internal-events send request_awesome_feature --label complete_code",
            "  internal-events monitor request_awesome_feature",
            "  internal-events define event",
            "  internal-events validate src/main/resources/internal-events",
            "",
            "Run internal-events COMMAND --help for more."
        })
public final class Main implements Runnable {

    @Mixin
    private Console console = new Console();

    @Override
    public void run() {
        throw console.wrongUsage("A command is missing.");
    }

    public static void main(String[] args) {
        Output.useUtf8();
        CommandLine commandLine = commandLine();
        System.exit(commandLine.execute(HelpOption.orCommand(commandLine, args)));
    }

    /** Returns the command line with all subcommands, whose output is UTF-8. */
    public static CommandLine commandLine() {
        return commandLine(System.getenv());
    }

    /** Does the same as {@link #commandLine()}; reports the variables of an environment that are probably misspelt. */
    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine commandLine = new CommandLine(new Main());
        HelpOption.addTo(commandLine);
        Output.writeUtf8(commandLine);
        Conversions.addTo(commandLine);
        commandLine.setExecutionStrategy(parsed -> {
            // Doctor reports them among its findings.
            if (parsed.asCommandLineList().stream().noneMatch(one -> one.getCommand() instanceof DoctorCommand)) {
                PrintWriter err = parsed.commandSpec().commandLine().getErr();
                Variables.misspelt(environment).forEach(err::println);
                err.flush();
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        commandLine.setParameterExceptionHandler(UsageErrors::print);
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText(message(e, parsed)));
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    private static String message(Exception e, ParseResult parsed) {
        ParseResult command = parsed;
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        if (e instanceof FileSystemException file) {
            return FileErrors.sentence(file, command);
        }
        if (e instanceof IOException failure) {
            return ConnectionFailure.words(failure);
        }
        return e.getMessage() == null ? "this is a bug in internal-events; please report it: " + e : e.getMessage();
    }

    /** The version comes from the build. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"internal-events " + ProductVersion.CURRENT};
        }
    }
}
