package dev.internalevents.cli.commands;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the example service in a process of its own, which ends together with this one. */
final class GatewayProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 15;

    private final Process process;
    private final Thread stopWithUs;

    private GatewayProcess(Process process) {
        this.process = process;
        this.stopWithUs = new Thread(this::stop, "stop-gateway");
        Runtime.getRuntime().addShutdownHook(stopWithUs);
    }

    /**
     * Starts the service in the working directory of this process.
     *
     * @param arguments for the gateway, for example {@code --server.port=5052}
     * @param environment variables that are added to this process's environment and override it
     */
    static GatewayProcess start(List<String> arguments, Map<String, String> environment) throws IOException {
        Path jar = jar();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-jar",
                jar.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(environment);
        return new GatewayProcess(builder.start());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(stopWithUs);
        } catch (IllegalStateException e) {
            // The JVM is shutting down; the hook stops the service.
        }
    }

    private void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Loads the definitions that the service's jar contains. */
    static Dictionary definitions() throws IOException {
        try (FileSystem jar = FileSystems.newFileSystem(jar())) {
            return DefinitionFiles.load(jar.getPath("BOOT-INF", "classes", "internal-events"));
        }
    }

    private static Path jar() throws IOException {
        String jar = System.getProperty("internal-events.gateway");
        if (jar == null || !Files.isRegularFile(Path.of(jar))) {
            throw new IOException("the example service is not there"
                    + (jar == null ? "" : ": " + jar + " is missing")
                    + "; run this command with the script internal-events of a distribution, or of a checkout, which"
                    + " builds it");
        }
        return Path.of(jar);
    }
}
