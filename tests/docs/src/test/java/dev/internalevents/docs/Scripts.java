package dev.internalevents.docs;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/** Checks JavaScript and HTML with Node, and compiles Kotlin. */
final class Scripts {

    private static final Pattern INLINE = Pattern.compile("(?s)<script type=\"module\">(.*?)</script>");
    private static final Pattern IMPORTED = Pattern.compile("import \\{([^}]*)} from '([^']*internal-events[^']*)'");

    private final Path folder;

    Scripts(Path folder) {
        this.folder = folder;
    }

    /** Parses a module, and looks for what it imports from ours. */
    void javascript(String script) throws IOException, InterruptedException {
        Path file = Files.writeString(Files.createTempFile(folder, "snippet", ".mjs"), script.replace("(…)", "()"));
        Output node = run(List.of("node", "--check", file.toString()));
        check(node.code() == 0, node.text());
        String ours = Page.text(Page.HOME.resolve("frontend/src/internal-events.js"));
        for (MatchResult imported : IMPORTED.matcher(script).results().toList()) {
            for (String name : imported.group(1).split(",")) {
                check(
                        ours.matches("(?s).*export (?:function|const) " + name.strip() + "\\b.*"),
                        name + " is not exported");
            }
        }
    }

    /** Parses the scripts of a page; our attributes exist. */
    void html(String html) throws IOException, InterruptedException {
        List<String> scripts =
                INLINE.matcher(html).results().map(found -> found.group(1)).toList();
        check(!scripts.isEmpty(), "has no script");
        for (String script : scripts) {
            javascript(script);
        }
        String ours = Page.text(Page.HOME.resolve("frontend/src/internal-events.js"))
                + Page.text(Page.HOME.resolve("docs/front-end.md"));
        for (MatchResult attribute :
                Pattern.compile("data-event-[a-z]+").matcher(html).results().toList()) {
            check(ours.contains(attribute.group()), attribute.group() + " is not an attribute");
        }
    }

    /** Compiles Kotlin files together, each in a package of its own, and returns the compiler's errors. */
    String kotlin(List<String> snippets) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-no-stdlib",
                "-no-reflect",
                "-nowarn",
                "-jvm-target",
                "17",
                "-classpath",
                JavaSnippets.classPath(),
                "-d",
                folder.resolve("kotlin").toString()));
        for (int i = 0; i < snippets.size(); i++) {
            Path file = folder.resolve("Snippet" + i + ".kt");
            String own = snippets.get(i).startsWith("package ") ? "" : "package snippet" + i + "\n";
            arguments.add(Files.writeString(file, own + snippets.get(i)).toString());
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ExitCode code = new K2JVMCompiler()
                .exec(new PrintStream(output, true, StandardCharsets.UTF_8), arguments.toArray(String[]::new));
        return code == ExitCode.OK ? "" : output.toString(StandardCharsets.UTF_8);
    }

    /** Runs a program to its end. */
    Output run(List<String> command) throws IOException, InterruptedException {
        File output = Files.createTempFile(folder, "output", ".txt").toFile();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " runs for more than a minute");
        }
        // A pixel is binary.
        return new Output(process.exitValue(), Files.readString(output.toPath(), StandardCharsets.ISO_8859_1));
    }

    record Output(int code, String text) {}

    private static void check(boolean condition, String problem) {
        if (!condition) {
            throw new AssertionError(problem);
        }
    }
}
