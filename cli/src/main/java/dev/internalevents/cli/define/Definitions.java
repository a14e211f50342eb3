package dev.internalevents.cli.define;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The folder of definitions: what is defined there, and where a new file goes. */
final class Definitions {

    private final Path root;
    private Reading reading;

    /** Reads what is there; nothing need be there yet. */
    Definitions(Path root) {
        this.root = root;
        this.reading = Dictionary.read(root);
    }

    Dictionary dictionary() {
        return reading.dictionary();
    }

    /** Every product category that a definition has, by name. */
    Set<String> categories() {
        Set<String> categories = new TreeSet<>();
        dictionary().events().forEach(event -> categories.addAll(event.productCategories()));
        dictionary().metrics().forEach(metric -> categories.addAll(metric.productCategories()));
        return categories;
    }

    /**
     * Where a file belongs: beside what is defined already. If nothing is, below {@code config}, as in GitLab's tree, except
     * in a folder {@code internal-events} of a project's resources, which has {@code events} and {@code metrics}. What the
     * free tier does not have is below {@code ee/config} in GitLab's tree; elsewhere only if there is such a folder.
     */
    Path path(String file, List<Tier> tiers) {
        boolean plain = isPlain();
        if (!tiers.contains(Tier.FREE) && (!plain || Files.isDirectory(root.resolve("ee/config")))) {
            return root.resolve("ee/config").resolve(file);
        }
        return plain ? root.resolve(file) : root.resolve("config").resolve(file);
    }

    private boolean isPlain() {
        if (holdsDefinitions(root.resolve("config"))) {
            return false;
        }
        boolean hasConfig = Files.isDirectory(root.resolve("config")) || Files.isDirectory(root.resolve("ee/config"));
        return holdsDefinitions(root) || (!hasConfig && isNamedInternalEvents());
    }

    private static boolean holdsDefinitions(Path folder) {
        return Files.isDirectory(folder.resolve("events")) || Files.isDirectory(folder.resolve("metrics"));
    }

    /** Looks only at the name that was given: the working directory itself may happen to have this name. */
    private boolean isNamedInternalEvents() {
        return root.normalize().endsWith("internal-events")
                || root.toAbsolutePath().normalize().endsWith("resources/internal-events");
    }

    /**
     * Writes a new file if all definitions are right with it.
     *
     * @throws IOException when there is such a file already, or the definitions would not be right with it
     */
    void write(Path path, String yaml) throws IOException {
        if (Files.exists(path)) {
            throw new IOException(path + " is there already and is not overwritten; choose another name, or edit it");
        }
        String file = root.relativize(path).toString().replace('\\', '/');
        Reading with = Dictionary.readWith(root, file, yaml);
        List<Problem> before = reading.errors();
        // Of two files with the same name, the other one may be the one that is reported.
        List<Problem> wrong = with.errors().stream()
                .filter(problem -> !before.contains(problem))
                .toList();
        if (!wrong.isEmpty()) {
            throw new IOException("the definition would be wrong, and was not written: " + wrong.get(0));
        }
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        try {
            Files.write(path, yaml.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    path + " is there already and is not overwritten; choose another name, or edit it", e);
        }
        reading = with;
    }
}
