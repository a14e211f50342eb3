package dev.internalevents.cli.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command as completion scripts and man pages show it.
 *
 * @param path its names from the top, such as {@code internal-events set-aside list}
 */
record Described(List<String> path, CommandSpec spec) {

    static Described of(CommandLine top) {
        return new Described(List.of(top.getCommandName()), top.getCommandSpec());
    }

    String name() {
        return path.get(path.size() - 1);
    }

    /** Returns the path, joined by a separator. */
    String joined(String separator) {
        return String.join(separator, path);
    }

    /** Returns the first sentence of the description, without its full stop. */
    String summary() {
        return firstSentence(text(spec.usageMessage().description()));
    }

    /** Returns the subcommands that are not hidden. */
    List<Described> commands() {
        Map<String, Described> byName = new LinkedHashMap<>();
        spec.subcommands().values().forEach(sub -> {
            if (!sub.getCommandSpec().usageMessage().hidden()) {
                List<String> below = new ArrayList<>(path);
                below.add(sub.getCommandName());
                byName.putIfAbsent(sub.getCommandName(), new Described(List.copyOf(below), sub.getCommandSpec()));
            }
        });
        return List.copyOf(byName.values());
    }

    List<OptionSpec> options() {
        return spec.options().stream().filter(option -> !option.hidden()).toList();
    }

    List<PositionalParamSpec> parameters() {
        return spec.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .toList();
    }

    /** Returns whether the shell should offer files for the argument's value. */
    static boolean isFile(ArgSpec argument) {
        return argument.typeInfo().getType().equals(Path.class)
                || argument.paramLabel().matches(".*(DIR|FILE).*");
    }

    /** Returns the values that an argument can have; empty if they are not limited. */
    static List<String> values(ArgSpec argument) {
        if (argument.completionCandidates() != null) {
            List<String> values = new ArrayList<>();
            argument.completionCandidates().forEach(values::add);
            return values;
        }
        String label = argument.paramLabel();
        return label.matches("[a-z0-9-]+(\\|[a-z0-9-]+)+") ? List.of(label.split("\\|")) : List.of();
    }

    static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    static String description(ArgSpec argument) {
        return text(argument.description());
    }

    static String firstSentence(String text) {
        int end = text.indexOf(". ");
        String first = end < 0 ? text : text.substring(0, end);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    /** Returns lines as one text without markup. */
    static String text(String... lines) {
        return Arrays.stream(lines)
                .map(line -> Ansi.OFF.string(line.replace("%n", " ").replace("%%", "%")))
                .collect(Collectors.joining(" "))
                .strip();
    }

    /** Returns this command and all below it. */
    Collection<Described> all() {
        List<Described> all = new ArrayList<>(List.of(this));
        commands().forEach(command -> all.addAll(command.all()));
        return all;
    }
}
