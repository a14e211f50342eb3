package dev.internalevents.collector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts schemas into a folder that is a registry. */
final class SchemaFiles {

    private SchemaFiles() {}

    /**
     * Writes a schema and returns its file.
     *
     * @param key such as {@code com.acme/thing/jsonschema/1-0-0}
     */
    static Path write(Path registry, String key, String schema) throws IOException {
        Path file = registry.resolve("schemas").resolve(key);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, schema);
    }
}
