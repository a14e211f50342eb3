package dev.internalevents.distribution;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An unpacked archive, and commands that run from it. */
final class Installation {

    static final Path TARGET = Path.of("target").toAbsolutePath();
    static final String NAME = System.getProperty("distribution.name");

    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");
    private static final Pattern URL = Pattern.compile("Collector +(http://\\S+)");

    private final Path folder;

    private Installation(Path folder) {
        this.folder = folder;
    }

    /** Unpacks the tar.gz below a folder, and makes it read-only. */
    static Installation unpack(Path folder) throws IOException, InterruptedException {
        run(Map.of(), "tar", "-xzf", TARGET.resolve(NAME + ".tar.gz").toString(), "-C", folder.toString());
        run(Map.of(), "chmod", "-R", "a-w", folder.resolve(NAME).toString());
        return new Installation(folder.resolve(NAME));
    }

    Path folder() {
        return folder;
    }

    /** Returns the folders of all JVMs of this machine that the command supports, this one first. */
    static List<Path> jvms() throws IOException {
        List<Path> found = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        Path all = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(all)) {
            try (Stream<Path> folders = Files.list(all)) {
                folders.filter(jvm -> Files.isExecutable(jvm.resolve("bin/java")) && !Files.isSymbolicLink(jvm))
                        .filter(jvm -> !found.contains(jvm))
                        .sorted()
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** Starts the command, as another user if this one is root. */
    Running start(Path workingDirectory, Path jvm, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(folder.resolve("bin/internal-events"), workingDirectory, jvm, environment, arguments);
    }

    static Running start(
            Path script, Path workingDirectory, Path jvm, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (IS_ROOT) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        command.add(script.toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("internal-events-output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(AIGW|INTERNAL_EVENTS|XDG)_.*"));
        builder.environment().put("JAVA_HOME", jvm.toString());
        builder.environment().put("HOME", "/nonexistent");
        builder.environment().putAll(environment);
        return new Running(builder.start(), output);
    }

    /** Runs a program to its end and returns what it printed; throws if it fails. */
    static String run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " exited with " + process.exitValue() + ":\n" + output);
        }
        return output;
    }

    /** Creates a folder that every user can enter and write. */
    static Path openFolder(String name) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("internal-events");
        Path inside = Files.createDirectory(folder.resolve(name));
        run(Map.of(), "chmod", "755", folder.toString());
        run(Map.of(), "chmod", "777", inside.toString());
        return inside;
    }

    static void delete(Path openFolder) throws IOException, InterruptedException {
        run(Map.of(), "chmod", "-R", "u+w", openFolder.getParent().toString());
        run(Map.of(), "rm", "-rf", openFolder.getParent().toString());
    }

    /** A running command. */
    record Running(Process process, Path outputFile) implements AutoCloseable {

        /** Waits until the collector says where it listens. */
        String url() throws IOException {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> output().contains("Ctrl-C stops it") || !process.isAlive());
            Matcher found = URL.matcher(output());
            if (!found.find()) {
                throw new AssertionError("did not start:\n" + output());
            }
            return found.group(1);
        }

        int exitCode() throws InterruptedException, IOException {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new AssertionError("still running after two minutes:\n" + output());
            }
            return process.exitValue();
        }

        String output() throws IOException {
            return Files.readString(outputFile);
        }

        @Override
        public void close() throws IOException, InterruptedException {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Files.deleteIfExists(outputFile);
        }
    }
}
