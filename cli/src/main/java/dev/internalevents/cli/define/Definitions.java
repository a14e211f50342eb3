package dev.internalevents.cli.define;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A folder of definitions: reads the existing ones and writes new files. */
final class Definitions {

    private final Path root;
    private Reading reading;

    /** Reads the existing definitions; the folder may be empty or missing. */
    Definitions(Path root) {
        this.root = root;
        this.reading = DefinitionFiles.read(root);
    }

    Dictionary dictionary() {
        return reading.dictionary();
    }

    /** Returns the product categories of all definitions, sorted by name. */
    Set<String> categories() {
        Set<String> categories = new TreeSet<>();
        dictionary().events().forEach(event -> categories.addAll(event.productCategories()));
        dictionary().metrics().forEach(metric -> categories.addAll(metric.productCategories()));
        return categories;
    }

    /**
     * Returns where a new file goes: beside the existing definitions. If there are none, it goes below {@code config},
     * as in GitLab's tree, except in a folder {@code internal-events} of a project's resources, which has
     * {@code events} and {@code metrics}. Definitions that are not for the free tier go below {@code ee/config} in
     * GitLab's tree; elsewhere only if that folder exists.
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

    /**
     * Checks the path as it was given, because the working directory itself may happen to be called
     * {@code internal-events}.
     */
    private boolean isNamedInternalEvents() {
        return root.normalize().endsWith("internal-events")
                || root.toAbsolutePath().normalize().endsWith("resources/internal-events");
    }

    /**
     * Writes a new file if it adds no errors to the definitions.
     *
     * @throws IOException if the file already exists or would add an error
     */
    void write(Path path, String yaml) throws IOException {
        if (Files.exists(path)) {
            throw new IOException(path + " already exists and is not overwritten; choose another name, or edit it");
        }
        String file = root.relativize(path).toString().replace('\\', '/');
        Reading with = DefinitionFiles.readWith(root, file, yaml);
        List<Problem> before = reading.errors();
        // For a duplicate name, the error may be reported for the other file.
        List<Problem> wrong = with.errors().stream()
                .filter(problem -> !before.contains(problem))
                .toList();
        if (!wrong.isEmpty()) {
            throw new IOException("the definition has an error and was not written: " + wrong.get(0));
        }
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        try {
            Files.write(path, yaml.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(path + " already exists and is not overwritten; choose another name, or edit it", e);
        }
        reading = with;
    }
}
