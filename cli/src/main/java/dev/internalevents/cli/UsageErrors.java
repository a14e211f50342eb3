package dev.internalevents.cli;

import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.definitions.check.NearestName;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints what is wrong with a command line in one sentence, in our words, and where to read more. */
final class UsageErrors {

    /** picocli's sentence around the reason that a converter gives. */
    private static final Pattern CONVERTED =
            Pattern.compile("(?s)Invalid value for (?:option|positional parameter)[^:]*: (.*)");

    private static final Pattern NOT_KEY_VALUE = Pattern.compile("(?s).*should be in KEY=VALUE format but was (.*)");
    private static final Pattern CHOICE = Pattern.compile("(?s).*expected one of \\[(.*)] .*but was '(.*)'");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Z_]+).*");

    private UsageErrors() {}

    /** Prints the sentence and returns the exit code 2. */
    static int print(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println(command.getColorScheme().errorText(sentence(e, List.of(arguments))));
        if (arguments.length == 0) {
            command.usage(command.getErr());
        } else {
            command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return CommandLine.ExitCode.USAGE;
    }

    private static String sentence(ParameterException e, List<String> arguments) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        } else if (e instanceof OverwrittenOptionException overwritten) {
            return name(overwritten.getOverwritten(), arguments) + ": given more than once; give it once";
        } else if (e instanceof MissingParameterException missing) {
            return missing(missing, arguments);
        }
        ArgSpec option = e.getArgSpec();
        String message = String.valueOf(e.getMessage());
        if (option == null) {
            return message;
        }
        String name = name(option, arguments);
        Matcher converted = CONVERTED.matcher(message);
        Matcher pair = NOT_KEY_VALUE.matcher(message);
        Matcher choice = CHOICE.matcher(message);
        if (isSwitch(option)) {
            return name + ": takes no value" + (e.getValue() == null ? "" : ", but has \"" + e.getValue() + "\"")
                    + "; expected " + name + " alone";
        } else if (choice.matches()) {
            List<String> allowed = List.of(choice.group(1).split(", "));
            return "\"" + OneLine.of(choice.group(2)) + "\" is not one of " + String.join(", ", allowed)
                    + NearestName.of(choice.group(2), allowed)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("");
        } else if (converted.matches()) {
            return name + ": " + converted.group(1);
        } else if (pair.matches()) {
            return name + ": \"" + OneLine.of(pair.group(1)) + "\" has no =; expected " + name + " "
                    + option.paramLabel();
        }
        return name + ": " + OneLine.of(message);
    }

    private static String unmatched(UnmatchedArgumentException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String argument = OneLine.of(e.getUnmatched().get(0));
        if (argument.startsWith("-") && argument.length() > 1) {
            String name = argument.replaceFirst("=.*", "");
            return "there is no option " + name
                    + NearestName.of(name, options(command))
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("");
        }
        List<String> commands = commands(command);
        if (commands.isEmpty()) {
            return "\"" + argument + "\" is one argument too many; an argument with spaces needs quotes";
        }
        return "there is no command " + argument
                + NearestName.of(
                                argument,
                                Stream.concat(commands.stream(), Stream.of("help"))
                                        .toList())
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; the commands are " + String.join(", ", commands));
    }

    private static String missing(MissingParameterException e, List<String> arguments) {
        List<ArgSpec> missing = e.getMissing();
        if (missing.isEmpty()) {
            return String.valueOf(e.getMessage());
        }
        ArgSpec first = missing.get(0);
        String what = String.join(" ", first.description()).replaceFirst("[.;].*", "");
        if (first.isOption()) {
            String name = name(first, arguments);
            boolean isGiven = arguments.stream().anyMatch(text -> text.startsWith(name));
            return name + (isGiven ? ": its value is missing" : " is missing") + "; expected " + name + " "
                    + first.paramLabel();
        }
        return first.paramLabel() + " is missing; expected: "
                + what.substring(0, 1).toLowerCase(Locale.ROOT) + what.substring(1);
    }

    /** Returns the option as it was written, or the variable that its value comes from. */
    static String name(ArgSpec argument, List<String> arguments) {
        if (!(argument instanceof OptionSpec option)) {
            return argument.paramLabel();
        }
        Set<String> names = Set.of(option.names());
        String written = arguments.stream()
                .map(text -> text.startsWith("--") ? text.replaceFirst("=.*", "") : text)
                .flatMap(text -> names.stream().filter(name -> isNamed(text, name)))
                .findFirst()
                .orElse(null);
        String variable = variable(option);
        return written != null ? written : variable != null ? variable : option.longestName();
    }

    private static boolean isNamed(String argument, String name) {
        return name.startsWith("--") ? argument.equals(name) : argument.startsWith(name);
    }

    private static @Nullable String variable(OptionSpec option) {
        Option annotation =
                option.userObject() instanceof AnnotatedElement element ? element.getAnnotation(Option.class) : null;
        if (annotation != null) {
            Matcher variable = VARIABLE.matcher(annotation.defaultValue());
            return variable.matches() && System.getenv(variable.group(1)) != null ? variable.group(1) : null;
        }
        return null;
    }

    private static boolean isSwitch(ArgSpec option) {
        return option.arity().max() == 0;
    }

    private static List<String> options(CommandSpec command) {
        List<String> names = new ArrayList<>();
        command.options().stream()
                .flatMap(option -> Stream.of(option.names()))
                .filter(name -> name.startsWith("--"))
                .forEach(names::add);
        return names;
    }

    private static List<String> commands(CommandSpec command) {
        return command.subcommands().entrySet().stream()
                .filter(one -> !one.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }
}
