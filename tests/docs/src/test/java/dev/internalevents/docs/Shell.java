package dev.internalevents.docs;

import dev.internalevents.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Checks shell blocks. Bash parses each of them. In every line, variables of this project exist, and
 *
 * <ul>
 *   <li>{@code internal-events sql}, {@code metrics} and other commands that only read are run on the test's collector;
 *   <li>other commands of {@code internal-events} are parsed with all their options;
 *   <li>lines with {@code curl} are sent to the test's collector, and are answered;
 *   <li>names in calls of the project's other scripts exist: modules, profiles, benchmarks, goals.
 * </ul>
 */
final class Shell {

    private static final Pattern LOCAL = Pattern.compile("(?:localhost|127\\.0\\.0\\.1):909[01]");
    private static final Pattern ASSIGNED = Pattern.compile("\\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)=");
    private static final Set<String> READ_ONLY = Set.of("sql", "metrics", "service-ping", "validate", "failed");

    private final Path folder;
    private final int port;
    private final Scripts scripts;
    private final Set<String> variables = new TreeSet<>();

    Shell(Path folder, int port) {
        this.folder = folder;
        this.port = port;
        this.scripts = new Scripts(folder);
        Pattern documented = Pattern.compile("`((?:AIGW|INTERNAL_EVENTS|MICRO)_[A-Z0-9_]+)`");
        Pattern more = Pattern.compile("`(__[A-Z_]+)`");
        for (String line :
                Page.text(Page.HOME.resolve("docs/settings.md")).lines().toList()) {
            List<String> names = documented
                    .matcher(line)
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            variables.addAll(names);
            if (!names.isEmpty()) {
                String group = names.get(0).replaceFirst("__.*", "");
                more.matcher(line).results().forEach(found -> variables.add(group + found.group(1)));
            }
        }
    }

    void check(Block block) throws IOException, InterruptedException {
        Scripts.Output parsed = scripts.run(List.of("bash", "-n", "-c", block.text()));
        require(parsed.code() == 0, parsed.text());
        boolean checked = false;
        for (String line : block.text().replace("\\\n", " ").lines().toList()) {
            String command = withoutComment(line).strip();
            if (!command.isEmpty()) {
                checked |= line(command);
            }
        }
        require(checked, "has no line that this test can check; mark it with the reason");
    }

    /** Checks a line, and returns whether there was anything to check. */
    private boolean line(String line) throws IOException, InterruptedException {
        boolean checked = false;
        for (MatchResult assigned : ASSIGNED.matcher(line).results().toList()) {
            checked |= variable(assigned.group(1));
        }
        List<String> words = words(line);
        int start = indexOfCommand(words);
        if (start >= 0) {
            internalEvents(words.subList(start + 1, words.size()));
            return true;
        }
        if (line.matches("(?:\\w+=\\S+\\s+)*curl .*") && LOCAL.matcher(line).find()) {
            curl(line);
            return true;
        }
        return checked | projectScript(line);
    }

    private boolean variable(String name) {
        if (name.startsWith("AIGW_")) {
            require(
                    variables.contains(name) || isRead(name.replaceFirst("AIGW_(\\w+?)__", "")) || isRead(name),
                    name + " is not a variable in docs/settings.md");
            return true;
        } else if (name.startsWith("INTERNAL_EVENTS_") || name.startsWith("MICRO_")) {
            require(isRead(name), name + " is not read by any class or script");
            return true;
        }
        return false;
    }

    /** Returns whether a name is in a string of the command, the collector or the example service, or in the script. */
    private static boolean isRead(String name) {
        return Sources.STRINGS.contains(name) || Sources.SCRIPT.contains(name);
    }

    private static int indexOfCommand(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).matches("(?:\\./)?internal-events")) {
                return i;
            } else if (!words.get(i).matches("\\w+=.*|nice|exec|sudo")) {
                return -1;
            }
        }
        return -1;
    }

    private void internalEvents(List<String> words) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String word : words) {
            if (word.matches("[|>&;]|<|\\d?>+")) {
                break;
            }
            arguments.add(LOCAL.matcher(word).replaceAll("127.0.0.1:" + port));
        }
        CommandLine main = Main.commandLine();
        CommandLine.ParseResult parsed = parse(main, arguments);
        String command =
                parsed.hasSubcommand() ? parsed.subcommand().commandSpec().name() : "";
        CommandLine.ParseResult deepest = parsed;
        while (deepest.hasSubcommand()) {
            deepest = deepest.subcommand();
        }
        if (READ_ONLY.contains(command) && !arguments.contains("retry") && exist(arguments)) {
            if (deepest.commandSpec().findOption("--url") != null && !arguments.contains("--url")) {
                arguments.add("--url=http://127.0.0.1:" + port);
            }
            StringWriter output = new StringWriter();
            main.setOut(new PrintWriter(output, true));
            main.setErr(new PrintWriter(output, true));
            int code = main.execute(arguments.toArray(String[]::new));
            require(code == 0, String.join(" ", arguments) + "\n" + output);
        }
    }

    private static CommandLine.ParseResult parse(CommandLine main, List<String> arguments) {
        try {
            return main.parseArgs(arguments.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new AssertionError(String.join(" ", arguments) + ": " + e.getMessage(), e);
        }
    }

    /** Returns whether the folder that a command reads is in this repository; it is made absolute. */
    private static boolean exist(List<String> arguments) {
        if (arguments.get(0).equals("validate")) {
            Path read = Page.HOME.resolve(arguments.get(1));
            arguments.set(1, read.toString());
            return Files.isDirectory(read) && read.normalize().startsWith(Page.HOME);
        }
        return true;
    }

    private void curl(String line) throws IOException, InterruptedException {
        String script = LOCAL.matcher(line).replaceAll("127.0.0.1:" + port);
        Scripts.Output output = scripts.run(List.of("bash", "-o", "pipefail", "-c", script));
        require(output.code() == 0, line + "\n" + output.text());
        require(!output.text().contains("No page"), line + "\n" + output.text());
    }

    /** Checks a call of a script of this repository, or of Maven with one of its plugins. */
    private static boolean projectScript(String line) {
        boolean checked = false;
        if (line.startsWith("benchmarks/run")) {
            String run = line.split("\\s+")[1];
            require(Sources.STRINGS.contains("\"" + run + "\""), run + " is not a benchmark");
            checked = true;
        }
        if (line.contains("mvnw") || line.startsWith("mvn ")) {
            for (String word : words(line)) {
                if (word.startsWith("-P")) {
                    require(
                            Page.text(Page.HOME.resolve("pom.xml")).contains("<id>" + word.substring(2) + "</id>"),
                            word + " is not a profile");
                } else if (word.startsWith("internal-events:")) {
                    require(
                            Sources.STRINGS.contains(word.substring("internal-events:".length())),
                            word + " is not a goal");
                }
            }
            checked = true;
        }
        return checked;
    }

    private static String withoutComment(String line) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#' && (i == 0 || line.charAt(i - 1) == ' ')) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    /** Splits a line at blanks outside of quotes. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean open = false;
        char quote = 0;
        for (char c : line.toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                open = true;
            } else if (c == ' ') {
                if (open || word.length() > 0) {
                    words.add(word.toString());
                }
                word.setLength(0);
                open = false;
            } else {
                word.append(c);
            }
        }
        if (open || word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new AssertionError(problem);
        }
    }

    /** Text of the main code, to look for names and messages. */
    static final class Sources {
        static final String SCRIPT = Page.text(Page.HOME.resolve("internal-events"));
        static final String STRINGS = read();

        private Sources() {}

        private static String read() {
            StringBuilder all = new StringBuilder();
            try (Stream<Path> files = Files.walk(Page.HOME)) {
                files.filter(file -> file.toString().endsWith(".java")
                                && file.toString().contains("src/main/"))
                        .sorted()
                        .forEach(file -> all.append(Page.text(file)));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            // "one " + "two" is one text
            return all.toString().replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\s+", " ");
        }
    }
}
