package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.InvalidDefinitionsException;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.Source;
import dev.internalevents.definitions.check.Owners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads definitions from files, from the class path, or from texts. All methods block while files are read.
 *
 * <pre>{@code
 * Dictionary dictionary = DefinitionFiles.load(Path.of("."));
 * }</pre>
 */
public final class DefinitionFiles {

    private static final String CLASS_PATH = "classpath:";

    private DefinitionFiles() {}

    /**
     * Reads all definitions below a folder: {@code config/events}, {@code config/metrics}, the same below {@code ee},
     * and {@code events} and {@code metrics}.
     *
     * @throws InvalidDefinitionsException if there are no definitions, or any has an error
     */
    public static Dictionary load(Path root) {
        return read(root).orElseThrow();
    }

    /**
     * Reads all definitions below a folder of the class path, like {@link #load(Path)}.
     *
     * @param folder for example {@code internal-events}
     * @throws InvalidDefinitionsException if there are no definitions, or any has an error
     */
    public static Dictionary loadFromClassPath(String folder, ClassLoader loader) {
        return readFromClassPath(folder, loader).orElseThrow();
    }

    /** Reads the same as {@link #loadFromClassPath}, but returns errors instead of throwing. */
    public static Reading readFromClassPath(String folder, ClassLoader loader) {
        return ClassPathFolder.read(folder, loader);
    }

    /** Reads the same as {@link #load(Path)}, but returns errors instead of throwing. */
    public static Reading read(Path root) {
        return read(root, Owners.ANY);
    }

    /** Reads the same, and also reports unknown groups and categories. */
    public static Reading read(Path root, Owners owners) {
        return read(root, Map.of(), owners);
    }

    /**
     * Reads the same as {@link #read(Path)} with one additional file, to check it before it is written.
     *
     * @param file its path below the root, with {@code /}; if it exists, this text replaces its content
     */
    public static Reading readWith(Path root, String file, String text) {
        return read(root, Map.of(file, text), Owners.ANY);
    }

    /**
     * Reads definitions from texts: those below a folder {@code events} are events, those below {@code metrics} are
     * metrics.
     *
     * @param texts by path, for example {@code events/request_awesome_feature.yml}
     * @param root where they came from, for messages: a folder, or {@code classpath:} and a folder
     */
    public static Reading read(Map<String, String> texts, String root) {
        List<FoundFile> files = FoundFile.of(texts);
        return files.isEmpty() ? nothing(root) : FileReading.read(files, root, Owners.ANY);
    }

    /** @param further texts that are read as if they were files below the root, by their relative path */
    private static Reading read(Path root, Map<String, String> further, Owners owners) {
        List<FoundFile> files = new ArrayList<>(FoundFile.below(root));
        files.removeIf(file -> further.containsKey(file.name()));
        files.addAll(FoundFile.of(further));
        if (!files.isEmpty()) {
            return FileReading.read(files, root.toString(), owners);
        } else if (Files.isRegularFile(root)) {
            return failed(root.toString(), "is a file; expected a folder with definitions");
        }
        return Files.exists(root)
                ? nothing(root.toString())
                : failed(root.toString(), "does not exist; expected a folder with definitions");
    }

    /** Returns the result for a root without definitions. */
    static Reading nothing(String root) {
        return failed(
                root,
                root.startsWith(CLASS_PATH)
                        ? "no definitions here; " + ClassPathFolder.putInto(root.substring(CLASS_PATH.length()))
                        : "no definitions here; expected events/*.yml and metrics/**/*.yml, or the same below config/ and"
                                + " ee/config/");
    }

    /** Returns the result for a root that cannot be read. */
    static Reading failed(String root, String message) {
        return new Reading(
                Dictionary.EMPTY, 0, List.of(new Problem(Problem.Severity.ERROR, new Source(root, 0), "", message)));
    }
}
