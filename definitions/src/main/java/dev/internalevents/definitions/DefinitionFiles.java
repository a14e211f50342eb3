package dev.internalevents.definitions;

import dev.internalevents.definitions.CrossChecks.MetricFile;
import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds definition files below a root, reads them one by one, and checks them against each other. */
final class DefinitionFiles {

    private static final int MAX_FILES = 100_000;

    /** Folders below the root that may contain {@code events} and {@code metrics}. */
    private static final List<String> PLACES = List.of("config", "ee/config", "");

    private static final String CLASS_PATH = "classpath:";

    /** Folders that GitLab keeps below {@code metrics}, but whose files are not metrics. */
    private static final Set<String> NO_METRICS = Set.of("aggregates", "schema");

    private DefinitionFiles() {}

    static Reading read(Path root, Owners owners) {
        return read(root, Map.of(), owners);
    }

    /** @param further texts that are read as if they were files below the root, by their relative path */
    static Reading read(Path root, Map<String, String> further, Owners owners) {
        List<FoundFile> files = new ArrayList<>(find(root));
        files.removeIf(file -> further.containsKey(file.name()));
        files.addAll(found(further));
        if (!files.isEmpty()) {
            return read(files, root.toString(), owners);
        } else if (Files.isRegularFile(root)) {
            return failed(root.toString(), "is a file; expected a folder with definitions");
        }
        return Files.exists(root)
                ? nothing(root.toString())
                : failed(root.toString(), "does not exist; expected a folder with definitions");
    }

    /**
     * Reads texts by their path; those below a folder {@code events} are events, those below {@code metrics} are
     * metrics.
     */
    static Reading read(Map<String, String> texts, String root) {
        List<FoundFile> files = found(texts);
        return files.isEmpty() ? nothing(root) : read(files, root, Owners.ANY);
    }

    private static List<FoundFile> found(Map<String, String> texts) {
        List<FoundFile> files = new ArrayList<>();
        new TreeMap<>(texts).forEach((name, text) -> {
            List<String> folders = List.of(name.split("/", -1));
            if (folders.contains("events") || folders.contains("metrics")) {
                files.add(new FoundFile(name, folders.contains("events"), () -> text));
            }
        });
        return files;
    }

    static Reading readClassPath(String folder, ClassLoader loader) {
        try {
            List<FoundFile> files = new ArrayList<>();
            List<FileSystem> opened = new ArrayList<>();
            try {
                List<URL> places = Collections.list(loader.getResources(folder));
                if (places.isEmpty()) {
                    return failed(CLASS_PATH + folder, "does not exist on the class path; " + putInto(folder));
                }
                for (URL url : places) {
                    files.addAll(find(path(url.toURI(), opened)));
                }
                return files.isEmpty()
                        ? nothing(CLASS_PATH + folder)
                        : read(
                                files,
                                ofTests(places) ? "src/test/resources/" + folder : CLASS_PATH + folder,
                                Owners.ANY);
            } finally {
                for (FileSystem system : opened) {
                    system.close();
                }
            }
        } catch (IOException | URISyntaxException e) {
            return failed(CLASS_PATH + folder, "cannot be read: " + e);
        }
    }

    /** Returns whether all places are where Maven or Gradle puts test resources. */
    private static boolean ofTests(List<URL> places) {
        return places.stream()
                .map(URL::getPath)
                .allMatch(place -> place.contains("/test-classes/") || place.contains("/resources/test/"));
    }

    private static Path path(URI uri, List<FileSystem> opened) throws IOException {
        if (!uri.getScheme().equals("file")) {
            try {
                opened.add(FileSystems.newFileSystem(uri, Map.of()));
            } catch (FileSystemAlreadyExistsException e) {
                // Another caller has opened it, and will close it.
                return Path.of(uri);
            }
        }
        return Path.of(uri);
    }

    private static Reading nothing(String root) {
        return failed(
                root,
                root.startsWith(CLASS_PATH)
                        ? "no definitions here; " + putInto(root.substring(CLASS_PATH.length()))
                        : "no definitions here; expected events/*.yml and metrics/**/*.yml, or the same below config/ and"
                                + " ee/config/");
    }

    private static String putInto(String folder) {
        return "put them into src/main/resources/" + folder + ", as events/*.yml and metrics/**/*.yml";
    }

    private static Reading failed(String root, String message) {
        return new Reading(
                Dictionary.EMPTY, 0, List.of(new Problem(Problem.Severity.ERROR, new Source(root, 0), "", message)));
    }

    private static List<FoundFile> find(Path root) {
        List<FoundFile> files = new ArrayList<>();
        for (String place : PLACES) {
            files.addAll(findIn(root, root.resolve(place)));
        }
        return files;
    }

    private static List<FoundFile> findIn(Path root, Path place) {
        List<FoundFile> files = new ArrayList<>(list(root, place.resolve("events"), true));
        files.addAll(list(root, place.resolve("metrics"), false));
        return files;
    }

    private static List<FoundFile> list(Path root, Path folder, boolean event) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder, 8)) {
            return walk.filter(path -> isYaml(path) && !(!event && isNoMetric(folder, path)))
                    .limit(MAX_FILES)
                    .map(path -> found(root, path, event))
                    .sorted(Comparator.comparing(FoundFile::name))
                    .toList();
        } catch (IOException e) {
            return List.of(new FoundFile(root.relativize(folder).toString(), event, () -> {
                throw e;
            }));
        }
    }

    private static FoundFile found(Path root, Path path, boolean event) {
        return new FoundFile(root.relativize(path).toString().replace('\\', '/'), event, () -> text(path));
    }

    private static boolean isYaml(Path path) {
        String name = String.valueOf(path.getFileName());
        return (name.endsWith(".yml") || name.endsWith(".yaml")) && !name.startsWith(".") && Files.isRegularFile(path);
    }

    private static boolean isNoMetric(Path folder, Path path) {
        return NO_METRICS.contains(folder.relativize(path).getName(0).toString());
    }

    private static Reading read(List<FoundFile> files, String root, Owners owners) {
        List<ReadFile> read =
                files.parallelStream().map(file -> read(file, owners)).toList();
        List<Problem> problems = new ArrayList<>();
        List<EventDefinition> events = new ArrayList<>();
        List<MetricFile> metrics = new ArrayList<>();
        Set<String> unreadable = new HashSet<>();
        for (ReadFile file : read) {
            problems.addAll(file.problems().list());
            file.event().ifPresent(events::add);
            file.metric().ifPresent(metrics::add);
            if (file.found().event() && file.event().isEmpty()) {
                unreadable.add(file.claimedAction());
            }
        }
        CrossChecks.Checked checked = CrossChecks.run(events, metrics, unreadable);
        problems.addAll(checked.problems());
        // If an internal event and an older one have the same action, code refers to the internal one
        List<EventDefinition> sorted = checked.events().stream()
                .sorted(Comparator.comparing(event -> event.internal() ? 0 : 1))
                .toList();
        return new Reading(
                new Dictionary(
                        sorted,
                        checked.metrics(),
                        unreadable,
                        EventsFolder.inProject(root)
                                + EventsFolder.of(files.stream().map(FoundFile::name)),
                        filesWithErrors(problems)),
                files.size(),
                problems);
    }

    private static Set<String> filesWithErrors(List<Problem> problems) {
        return problems.stream()
                .filter(Problem::error)
                .map(problem -> problem.source().file())
                .collect(Collectors.toSet());
    }

    private static ReadFile read(FoundFile found, Owners owners) {
        FileProblems problems = new FileProblems(found.name());
        Mapping values = values(found, problems);
        if (values == null) {
            return new ReadFile(found, null, problems, Optional.empty(), Optional.empty());
        }
        owners.check(values, problems);
        return found.event()
                ? new ReadFile(found, values, problems, EventReader.read(values, problems), Optional.empty())
                : new ReadFile(
                        found,
                        values,
                        problems,
                        Optional.empty(),
                        MetricReader.read(values, problems).map(metric -> new MetricFile(metric, values)));
    }

    private static String text(Path path) throws IOException {
        long size = Files.size(path);
        if (size > 4L * YamlFile.MAX_LENGTH) {
            throw new IOException("it has " + size + " bytes; expected at most 1 MiB");
        }
        return Files.readString(path);
    }

    private static @Nullable Mapping values(FoundFile found, FileProblems problems) {
        try {
            YamlValue value = YamlFile.parse(found.text().read());
            if (value instanceof Mapping mapping) {
                return mapping;
            }
            problems.error(
                    value.line(), "", "expected a map with keys such as \"description: …\", found " + value.describe());
        } catch (YamlSyntaxException e) {
            problems.error(e.line(), "", String.valueOf(e.getMessage()));
        } catch (CharacterCodingException e) {
            problems.error(1, "", "is not valid UTF-8");
        } catch (IOException e) {
            problems.error(1, "", "cannot be read: " + e.getMessage());
        }
        return null;
    }

    /** Provides the content of a file. */
    private interface TextSource {
        String read() throws IOException;
    }

    /** A file below the root, by its relative path with {@code /}. */
    private record FoundFile(String name, boolean event, TextSource text) {}

    private record ReadFile(
            FoundFile found,
            @Nullable Mapping values,
            FileProblems problems,
            Optional<EventDefinition> event,
            Optional<MetricFile> metric) {

        /** Returns the action that a file with errors seems to define. */
        String claimedAction() {
            YamlValue.Entry action = values == null ? null : values.entries().get("action");
            return action != null && action.value() instanceof Text text
                    ? text.value()
                    : CrossChecks.stem(found.name());
        }
    }
}
