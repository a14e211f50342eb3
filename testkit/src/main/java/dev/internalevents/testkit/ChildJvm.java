package dev.internalevents.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs the main method of a test's class in a JVM of its own, with the class path of the test. */
public final class ChildJvm {

    private ChildJvm() {}

    /** Returns the process that runs the class; the caller redirects its output and starts it. */
    public static ProcessBuilder of(Class<?> main, String... arguments) {
        return of(List.of(), main, arguments);
    }

    /**
     * Returns the process that runs the class with options of the JVM; the caller redirects its output and starts it.
     *
     * @param options such as {@code -Xmx64m}
     */
    public static ProcessBuilder of(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /**
     * Starts a process and blocks until it has ended. One that hangs is killed after two minutes. Its errors are
     * written to those of the test.
     *
     * @return the lines that it wrote
     */
    public static List<String> linesOf(ProcessBuilder child) throws IOException, InterruptedException {
        Process process = child.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(process::destroyForcibly);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            return out.lines().toList();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
