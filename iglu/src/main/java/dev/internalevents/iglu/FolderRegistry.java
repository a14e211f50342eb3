package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A static registry in a folder: {@code schemas/vendor/name/format/version}, with or without the leading
 * {@code schemas}. A file that changes is read again.
 */
public final class FolderRegistry implements Registry {

    private static final long MAX_BYTES = 4_000_000;

    private final Path folder;

    /** @throws IllegalArgumentException if there is no such folder */
    public FolderRegistry(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("\"" + folder + "\" is not a folder; expected one with"
                    + " schemas/VENDOR/NAME/jsonschema/VERSION below it");
        }
        this.folder = folder;
    }

    /** Returns the folder that the registry was created with. */
    public Path folder() {
        return folder;
    }

    /** Determines the root on each call, because the folder may be filled later. */
    private Path root() {
        Path schemas = folder.resolve("schemas");
        return Files.isDirectory(schemas) ? schemas : folder;
    }

    @Override
    public String name() {
        return "folder " + root();
    }

    @Override
    public Answer find(SchemaKey key) {
        Path file = root().resolve(key.path());
        if (!Files.isRegularFile(file) && (Files.exists(file) || Files.notExists(file))) {
            return new Missing();
        }
        // If the file system can report neither that it exists nor that it is missing, reading it reports why.
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("larger than " + MAX_BYTES + " bytes");
            }
            return new Present(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + reason(e), e);
        }
    }

    /** Replaces the JDK's messages, which consist only of the file's name or a number of bytes. */
    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        } else if (e instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        return e instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : String.valueOf(e.getMessage());
    }
}
