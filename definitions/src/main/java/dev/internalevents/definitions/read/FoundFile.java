package dev.internalevents.definitions.read;

import dev.internalevents.definitions.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A definition file that was found below a root, not read yet.
 *
 * @param name the path relative to the root, with {@code /}
 * @param text provides the content
 */
record FoundFile(String name, Kind kind, TextSource text) {

    private static final int MAX_FILES = 100_000;

    /** Folders below the root that may contain {@code events} and {@code metrics}. */
    private static final List<String> PLACES = List.of("config", "ee/config", "");

    /** Folders that GitLab keeps below {@code metrics}, but whose files are not metrics. */
    private static final Set<String> NO_METRICS = Set.of("aggregates", "schema");

    /** What a file defines, as its folder says. */
    enum Kind {
        EVENT("events"),
        METRIC("metrics");

        private final String folder;

        Kind(String folder) {
            this.folder = folder;
        }
    }

    /** Provides the content of a file. */
    interface TextSource {
        String read() throws IOException;
    }

    /** Finds the files below a folder. */
    static List<FoundFile> below(Path root) {
        List<FoundFile> files = new ArrayList<>();
        for (String place : PLACES) {
            for (Kind kind : Kind.values()) {
                files.addAll(list(root, root.resolve(place).resolve(kind.folder), kind));
            }
        }
        return files;
    }

    /** Returns texts by path as files; those outside the folders {@code events} and {@code metrics} are ignored. */
    static List<FoundFile> of(Map<String, String> texts) {
        List<FoundFile> files = new ArrayList<>();
        new TreeMap<>(texts).forEach((name, text) -> {
            List<String> folders = List.of(name.split("/", -1));
            Stream.of(Kind.values())
                    .filter(kind -> folders.contains(kind.folder))
                    .findFirst()
                    .ifPresent(kind -> files.add(new FoundFile(name, kind, () -> text)));
        });
        return files;
    }

    private static List<FoundFile> list(Path root, Path folder, Kind kind) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder, 8)) {
            return walk.filter(path -> isYaml(path) && !(kind == Kind.METRIC && isNoMetric(folder, path)))
                    .limit(MAX_FILES)
                    .map(path -> new FoundFile(
                            root.relativize(path).toString().replace('\\', '/'), kind, () -> text(path)))
                    .sorted(Comparator.comparing(FoundFile::name))
                    .toList();
        } catch (IOException e) {
            return List.of(new FoundFile(root.relativize(folder).toString(), kind, () -> {
                throw e;
            }));
        }
    }

    private static boolean isYaml(Path path) {
        String name = String.valueOf(path.getFileName());
        return (name.endsWith(".yml") || name.endsWith(".yaml")) && !name.startsWith(".") && Files.isRegularFile(path);
    }

    private static boolean isNoMetric(Path folder, Path path) {
        return NO_METRICS.contains(folder.relativize(path).getName(0).toString());
    }

    private static String text(Path path) throws IOException {
        long size = Files.size(path);
        if (size > 4L * YamlFile.MAX_LENGTH) {
            throw new IOException("it has " + size + " bytes; expected at most 1 MiB");
        }
        return Files.readString(path);
    }
}
