package dev.internalevents.cli;

import java.util.Arrays;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Adds {@code --help} and {@code --version} to every command. */
final class HelpOption {

    private HelpOption() {}

    /** Understands {@code help} and {@code help COMMAND} as {@code --help} and {@code COMMAND --help}. */
    static String[] orCommand(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        return Stream.concat(Arrays.stream(arguments).skip(1), Stream.of("--help"))
                .toArray(String[]::new);
    }

    static void addTo(CommandLine commandLine) {
        commandLine
                .getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help and exit.")
                        .build());
        commandLine
                .getCommandSpec()
                .versionProvider(new Main.Version())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Show the version and exit.")
                        .build());
        commandLine.getSubcommands().values().forEach(HelpOption::addTo);
    }
}
