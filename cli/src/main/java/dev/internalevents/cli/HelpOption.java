package dev.internalevents.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Adds {@code --help} and {@code --version} to every command. */
final class HelpOption {

    private HelpOption() {}

    /** Returns {@code --help} and {@code COMMAND --help} for {@code help} and {@code help COMMAND}; else the same. */
    static String[] orCommand(CommandLine commandLine, String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        List<String> command = Arrays.asList(arguments).subList(1, arguments.length);
        // picocli forgives what it does not know before --help.
        boolean isKnown = command.isEmpty() || commandLine.getSubcommands().containsKey(command.get(0));
        return Stream.concat(command.stream(), isKnown ? Stream.of("--help") : Stream.empty())
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
