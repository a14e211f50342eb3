package dev.internalevents.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Adds {@code --help} and {@code --version} to every command. */
final class HelpOption {

    private HelpOption() {}

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
