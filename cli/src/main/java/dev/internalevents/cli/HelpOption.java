package dev.internalevents.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Adds {@code --help} to every command and {@code --version} to the top-level one. */
final class HelpOption {

    private HelpOption() {}

    static void addTo(CommandLine commandLine) {
        commandLine
                .getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help and exit.")
                        .build());
        if (commandLine.getParent() == null) {
            commandLine
                    .getCommandSpec()
                    .addOption(OptionSpec.builder("--version")
                            .versionHelp(true)
                            .description("Show the version and exit.")
                            .build());
        }
        commandLine.getSubcommands().values().forEach(HelpOption::addTo);
    }
}
