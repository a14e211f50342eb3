package dev.internalevents.lake;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.RuntimeIOException;

/**
 * A table in a folder. A version is first written under another name and then linked under its own, which fails if it
 * exists.
 */
final class FolderTable extends VersionedTable {

    private final Path folder;
    private final Path metadata;

    FolderTable(Path folder) {
        super(folder.toString(), new LocalFiles());
        this.folder = folder;
        this.metadata = folder.resolve("metadata");
    }

    @Override
    boolean exists(String name) {
        return Files.exists(metadata.resolve(name));
    }

    @Override
    String hint() throws IOException {
        try {
            return Files.readString(metadata.resolve(HINT));
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    @Override
    OptionalInt list(Function<Stream<String>, OptionalInt> names) throws IOException {
        try (Stream<Path> all = Files.list(metadata)) {
            return names.apply(all.map(file -> file.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return OptionalInt.empty();
        }
    }

    @Override
    boolean create(String name, TableMetadata content) throws IOException {
        Path written = metadata.resolve("." + UUID.randomUUID() + ".metadata.json");
        try {
            write(content, written);
            Files.createLink(metadata.resolve(name), written);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            discard(written);
        }
    }

    @Override
    String needs() {
        return "the lake needs a file system with hard links";
    }

    private void write(TableMetadata content, Path to) {
        try {
            TableMetadataParser.write(content, io().newOutputFile(to.toString()));
        } catch (RuntimeIOException e) {
            throw new NotCommitted(e, folder);
        }
    }

    /** A commit that cannot have succeeded, so that its files are deleted. */
    private static final class NotCommitted extends RuntimeException implements CleanableFailure {
        private static final long serialVersionUID = 1;

        private NotCommitted(Throwable cause, Path folder) {
            super("a new version of the table in " + folder + " cannot be written", cause);
        }
    }

    @Override
    void sync() throws IOException {
        try (FileChannel links = FileChannel.open(metadata, StandardOpenOption.READ)) {
            links.force(true);
        }
    }

    @Override
    void writeHint(String text) throws IOException {
        Path written = metadata.resolve("." + UUID.randomUUID() + ".text");
        try {
            Files.write(written, text.getBytes(StandardCharsets.UTF_8));
            Files.move(
                    written,
                    metadata.resolve(HINT),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            discard(written);
        }
    }

    private static void discard(Path written) {
        try {
            Files.deleteIfExists(written);
        } catch (IOException e) {
            // A hidden file is not read.
        }
    }
}
