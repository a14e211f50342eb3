package dev.internalevents.cli.shell;

import dev.internalevents.protocol.ProductVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** A command's page for {@code man}, in the macros of man(7). */
final class ManPage {

    private final Described command;
    private final StringBuilder page = new StringBuilder();

    ManPage(Described command) {
        this.command = command;
    }

    String text() {
        String name = command.joined("-");
        page.append(".TH \"").append(name.toUpperCase(Locale.ROOT)).append("\" 1 \"\" \"internal-events ");
        page.append(ProductVersion.CURRENT).append("\"\n");
        section("NAME", escaped(name) + " \\- " + escaped(command.summary()));
        section("SYNOPSIS", "");
        page.append(".nf\n").append(lines(synopsis())).append(".fi\n");
        section("DESCRIPTION", "");
        page.append(Arrays.stream(command.spec().usageMessage().description())
                .map(line -> escapedLine(Described.text(line)) + "\n")
                .collect(Collectors.joining(".br\n")));
        parameters();
        options();
        commands();
        examples();
        if (command.path().size() == 1) {
            section("EXIT STATUS", "0 success, 1 failure, 2 wrong usage");
        }
        return page.toString();
    }

    private String synopsis() {
        Help help = new Help(command.spec(), Help.defaultColorScheme(Ansi.OFF));
        return help.synopsis(0).stripTrailing();
    }

    private void parameters() {
        if (!command.parameters().isEmpty()) {
            section("ARGUMENTS", "");
            command.parameters()
                    .forEach(parameter ->
                            entry("\\fI" + escaped(parameter.paramLabel()) + "\\fR", Described.description(parameter)));
        }
    }

    private void options() {
        section("OPTIONS", "");
        command.options().forEach(option -> {
            String value = Described.takesValue(option) ? " \\fI" + escaped(option.paramLabel()) + "\\fR" : "";
            List<String> names = Arrays.stream(option.names())
                    .map(name -> "\\fB" + escaped(name) + "\\fR")
                    .toList();
            entry(String.join(", ", names) + value, Described.description(option));
        });
    }

    private void commands() {
        if (!command.commands().isEmpty()) {
            section("COMMANDS", "");
            command.commands()
                    .forEach(below -> entry("\\fB" + escaped(below.joined("-")) + "\\fR(1)", below.summary() + "."));
        }
    }

    /** The usage's footer has the examples, below a heading of its own. */
    private void examples() {
        String footer =
                String.join("\n", command.spec().usageMessage().footer()).strip();
        if (!footer.isEmpty()) {
            section("EXAMPLES", "");
            String text = Ansi.OFF.string(
                    footer.replaceFirst("^Examples:\n", "").replace("%%", "%").replace("%n", "\n"));
            page.append(".nf\n").append(lines(text)).append(".fi\n");
        }
    }

    private void section(String heading, String text) {
        page.append(".SH \"").append(heading).append("\"\n").append(text).append(text.isEmpty() ? "" : "\n");
    }

    private void entry(String term, String text) {
        page.append(".TP\n").append(term).append('\n').append(escapedLine(text)).append('\n');
    }

    private static String lines(String text) {
        StringBuilder lines = new StringBuilder();
        text.lines().forEach(line -> lines.append(escapedLine(line)).append('\n'));
        return lines.toString();
    }

    /** Returns a line that does not start with a control character, and is never empty, which would be a break. */
    private static String escapedLine(String line) {
        String escaped = escaped(line);
        return escaped.isEmpty()
                ? "\\&"
                : escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    /** A minus sign that can be copied, and no other character that roff interprets. */
    private static String escaped(String text) {
        return text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("→", "\\(->")
                .replace("…", "...");
    }
}
