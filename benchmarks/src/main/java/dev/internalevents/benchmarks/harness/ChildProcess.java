package dev.internalevents.benchmarks.harness;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A child JVM: reads one request per line from its standard input and answers each with one line. */
public final class ChildProcess implements AutoCloseable {

    private final String name;
    private final Process process;
    private final PrintStream in;
    private final BufferedReader out;

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts the main class with the class path of this JVM. */
    public static ChildProcess start(Class<?> main, List<String> options, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", absolute(System.getProperty("java.class.path")), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ChildProcess(
                main.getSimpleName(),
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    private static String absolute(String classPath) {
        List<String> parts = new ArrayList<>();
        for (String part : classPath.split(File.pathSeparator, -1)) {
            parts.add(Path.of(part).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, parts);
    }

    public long pid() {
        return process.pid();
    }

    /** Returns the next line that the process prints. Blocks. */
    public String read() {
        try {
            String line = out.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " exited before it answered");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String ask(String question) {
        in.println(question);
        return read();
    }

    public long askNumber(String question) {
        return Long.parseLong(ask(question));
    }

    /** Kills the process, as {@code kill -9} does, and waits until it has ended. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Closes the process's input, which makes it exit, and waits until it has ended. */
    @Override
    public void close() {
        in.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Answers the requests in the child. */
    public interface Answers {
        /** Returns the answer, or null for an unknown request. */
        @Nullable
        String to(String question) throws Exception;
    }

    /** Runs the child's side: answers requests until the end of standard input. */
    public static void serve(Answers answers) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String question = in.readLine(); question != null; question = in.readLine()) {
            String answer = answers.to(question);
            if (answer == null) {
                throw new IllegalArgumentException("unknown request \"" + question + "\"");
            }
            out.println(answer);
        }
    }
}
