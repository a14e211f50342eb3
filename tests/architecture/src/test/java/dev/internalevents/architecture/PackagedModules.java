package dev.internalevents.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The jars of the published modules. */
final class PackagedModules {

    private PackagedModules() {}

    static List<String> withJars() {
        return SourceTree.publishedModules().stream()
                .filter(module -> !SourceTree.mainFiles(module).isEmpty())
                .toList();
    }

    /** Returns a module's newest jar without a classifier. */
    static Path jarOf(String module) {
        try (Stream<Path> files = Files.list(SourceTree.HOME.resolve(module).resolve("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("(?!.*-(tests|sources|javadoc)).*\\.jar"))
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .orElseThrow(() -> new IllegalStateException(module + " has no jar; run ./mvnw verify"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
