package dev.internalevents.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the {@code internal-events} command as a process in a given working directory. */
final class Command implements AutoCloseable {

    private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();

    private final Process process;
    private final Path output;

    private Command(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static Command start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dinternal-events.gateway=" + HOME.resolve("gateway/target/gateway-app.jar"),
                "-jar",
                HOME.resolve("cli/target/internal-events-cli.jar").toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AIGW_"));
        builder.environment().putAll(environment);
        return new Command(builder.start(), output);
    }

    static Command start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    /** Waits until the process exits, and returns its exit code. */
    int exitCode() throws InterruptedException, IOException {
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
            throw new AssertionError("still running after four minutes:\n" + output());
        }
        return process.exitValue();
    }

    /** Waits until a text was printed. */
    Command prints(String text) {
        await().atMost(Duration.ofMinutes(2)).until(() -> output().contains(text) || !process.isAlive());
        return this;
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** Kills the process as {@code kill -9} does, after the processes that it started. */
    void kill() throws InterruptedException {
        List<ProcessHandle> all = process.descendants().toList();
        all.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        all.forEach(one -> one.onExit().join());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("did not stop within 30 seconds");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
