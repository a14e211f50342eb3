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

    /**
     * Where a file belongs: below {@code config} where there is one, or nothing yet; below {@code ee} where there is such a
     * folder and the free tier does not have it.
     */
    Path path(String file, List<Tier> tiers) {
        if (!tiers.contains(Tier.FREE) && Files.isDirectory(root.resolve("ee/config"))) {
            return root.resolve("ee/config").resolve(file);
        }
        boolean plain = !Files.isDirectory(root.resolve("config"))
                && (Files.isDirectory(root.resolve("events")) || Files.isDirectory(root.resolve("metrics")));
        return plain ? root.resolve(file) : root.resolve("config").resolve(file);
    }

    /**
     * Writes a new file, and reads everything again.
     *
     * @throws IOException when there is such a file already, or the definitions would not be right with it
     */
    void write(Path path, String yaml) throws IOException {
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        try {
            Files.write(path, yaml.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    path + " is there already and is not overwritten; choose another name, or edit it", e);
        }
        reading = Dictionary.read(root);
        String name = root.relativize(path).toString().replace('\\', '/');
        List<Problem> wrong = reading.errors().stream()
                .filter(problem -> problem.source().file().equals(name))
                .toList();
        if (!wrong.isEmpty()) {
            Files.delete(path);
            throw new IOException("the definition would be wrong, and was not written: " + wrong.get(0));
        }
    }
}
