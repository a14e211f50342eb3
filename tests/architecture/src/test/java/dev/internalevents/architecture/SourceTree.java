package dev.internalevents.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The repository's folder: its modules, as the root pom lists them, and their files. */
final class SourceTree {

    static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();

    private SourceTree() {}

    /** Returns the folders of all modules, relative to the repository, such as {@code integrations/junit}. */
    static List<String> modules() {
        return find(HOME.resolve("pom.xml"), "<module>([^<]+)</module>");
    }

    /** Returns the modules whose jars are published. */
    static List<String> publishedModules() {
        return modules().stream()
                .filter(module -> !text(pomOf(module)).contains("<maven.deploy.skip>true<"))
                .toList();
    }

    static Path pomOf(String module) {
        return HOME.resolve(module).resolve("pom.xml");
    }

    /** Returns the artifact id in a module's own pom, which stands behind the one of its parent. */
    static String artifactOf(String module) {
        return find(pomOf(module), "<artifactId>([^<]+)</artifactId>").get(1);
    }

    /** Returns the name of a module's jar on a module path, which is also its root package. */
    static String moduleName(String module) {
        return find(pomOf(module), "<module.name>([^<]+)</module.name>").get(0);
    }

    /** Returns the Java files of a module's main code; empty if it has none. */
    static List<Path> mainFiles(String module) {
        return javaFiles(HOME.resolve(module).resolve("src/main/java"));
    }

    /** Returns the Java files of a module's tests; empty if it has none. */
    static List<Path> testFiles(String module) {
        return javaFiles(HOME.resolve(module).resolve("src/test/java"));
    }

    private static List<Path> javaFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the first group of each match in a file. */
    static List<String> find(Path file, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text(file))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a file's path in the repository, with slashes on every system. */
    static String name(Path file) {
        return HOME.relativize(file).toString().replace('\\', '/');
    }
}
