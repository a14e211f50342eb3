package dev.internalevents.cli.shell;

import dev.internalevents.cli.terminal.Console;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** Prints the script with which a shell completes commands and options. */
@Command(
        name = "completion",
        description = "Print the completion script for a shell.",
        footer = {
            "",
            "Examples:",
            "  source <(internal-events completion bash)",
            "  internal-events completion zsh > \"${fpath[1]}/_internal-events\"",
            "  internal-events completion fish > ~/.config/fish/completions/internal-events.fish"
        })
public final class CompletionCommand implements Callable<Integer> {

    private enum Shell {
        bash,
        zsh,
        fish
    }

    @Mixin
    private Console console = new Console();

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Shell shell;

    @Override
    public Integer call() {
        CommandLine top = console.topLevel();
        console.out()
                .print(
                        switch (shell) {
                            case bash -> AutoComplete.bash(top.getCommandName(), named(top));
                            case zsh -> new ZshCompletion(top).script();
                            case fish -> new FishCompletion(top).script();
                        });
        console.out().flush();
        return 0;
    }

    /**
     * Picocli makes variables of the labels of parameters, which needs a letter: the label of forget is a minus sign.
     */
    private static CommandLine named(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        for (PositionalParamSpec parameter : List.copyOf(spec.positionalParameters())) {
            if (parameter.paramLabel().chars().noneMatch(Character::isLetter)) {
                spec.remove(parameter);
                spec.addPositional(PositionalParamSpec.builder(parameter)
                        .paramLabel("WORD")
                        .build());
            }
        }
        command.getSubcommands().values().forEach(CompletionCommand::named);
        return command;
    }
}
