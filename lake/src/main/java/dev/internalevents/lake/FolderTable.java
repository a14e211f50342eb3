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
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Iceberg table in a folder, without a catalog: the versions are {@code metadata/v1.metadata.json} and so on, and
 * {@code metadata/version-hint.text} has the number of the newest, as engines with a Hadoop catalog read and write
 * them. A version is first written under another name and then linked under its own, which fails if it exists: so of
 * two collectors that commit at once, one repeats its commit.
 */
final class FolderTable implements TableOperations {

    private static final Logger LOG = LoggerFactory.getLogger(FolderTable.class);

    private static final Pattern VERSION = Pattern.compile("v([0-9]{1,9})\\.metadata\\.json");

    private final Path folder;
    private final FileIO files = new LocalFiles();
    private @Nullable TableMetadata current;
    private int version;

    FolderTable(Path folder) {
        this.folder = folder;
    }

    /** Returns whether the folder has a table. */
    boolean exists() {
        return newest().isPresent();
    }

    @Override
    public @Nullable TableMetadata current() {
        return current == null ? refresh() : current;
    }

    @Override
    public @Nullable TableMetadata refresh() {
        OptionalInt newest = newest();
        if (newest.isEmpty()) {
            version = 0;
            current = null;
        } else if (current == null || newest.getAsInt() != version) {
            version = newest.getAsInt();
            current = TableMetadataParser.read(files, file(version).toString());
        }
        return current;
    }

    private OptionalInt newest() {
        try {
            int known = Math.max(1, hint());
            if (Files.exists(file(known))) {
                while (Files.exists(file(known + 1))) {
                    known++;
                }
                return OptionalInt.of(known);
            }
            return listed();
        } catch (IOException e) {
            throw new RuntimeIOException(e, "the table in %s cannot be read: %s", folder, e);
        }
    }

    private int hint() throws IOException {
        try {
            return Integer.parseInt(Files.readString(hintFile()).strip());
        } catch (NoSuchFileException | NumberFormatException e) {
            return 0; // The versions themselves decide.
        }
    }

    private OptionalInt listed() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("metadata"))) {
            return all.map(file -> VERSION.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToInt(name -> Integer.parseInt(name.group(1)))
                    .max();
        } catch (NoSuchFileException e) {
            return OptionalInt.empty();
        }
    }

    @Override
    public void commit(@Nullable TableMetadata base, TableMetadata metadata) {
        TableMetadata known = current();
        if (!Objects.equals(
                base == null ? null : base.metadataFileLocation(),
                known == null ? null : known.metadataFileLocation())) {
            throw new CommitFailedException("the table in %s has changed", folder);
        }
        int next = version + 1;
        Path written = folder.resolve("metadata").resolve("." + UUID.randomUUID() + ".metadata.json");
        try {
            write(metadata, written);
            Files.createLink(file(next), written);
        } catch (FileAlreadyExistsException e) {
            throw new CommitFailedException(e, "version %s of the table in %s exists already", next, folder);
        } catch (IOException e) {
            throw new RuntimeIOException(
                    e,
                    "version %s of the table in %s cannot be written: %s; the lake needs a file system with hard links",
                    next,
                    folder,
                    e);
        } finally {
            discard(written);
        }
        // The version is committed: what follows must not look like a failure.
        writeHint(next);
        version = next;
        current = null;
        try {
            sync();
            CatalogUtil.deleteRemovedMetadataFiles(files, base, metadata);
        } catch (IOException | RuntimeException e) {
            LOG.debug("after version {} of the table in {}", next, folder, e);
        }
    }

    private void write(TableMetadata metadata, Path to) {
        try {
            TableMetadataParser.write(metadata, files.newOutputFile(to.toString()));
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

    /** Makes the link survive a power failure. */
    private void sync() throws IOException {
        try (FileChannel links = FileChannel.open(folder.resolve("metadata"), StandardOpenOption.READ)) {
            links.force(true);
        }
    }

    /** The version is committed; a reader without the hint, or with an older one, looks for newer versions. */
    private void writeHint(int newest) {
        Path written = folder.resolve("metadata").resolve("." + UUID.randomUUID() + ".text");
        try {
            if (hint() > newest) {
                return; // Another collector has committed meanwhile.
            }
            Files.write(written, Integer.toString(newest).getBytes(StandardCharsets.UTF_8));
            Files.move(written, hintFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            discard(written);
        }
    }

    private void discard(Path written) {
        try {
            Files.deleteIfExists(written);
        } catch (IOException e) {
            // A hidden file is not read.
        }
    }

    private Path file(int number) {
        return folder.resolve("metadata").resolve("v" + number + ".metadata.json");
    }

    private Path hintFile() {
        return folder.resolve("metadata").resolve("version-hint.text");
    }

    @Override
    public FileIO io() {
        return files;
    }

    @Override
    public String metadataFileLocation(String name) {
        return folder.resolve("metadata").resolve(name).toString();
    }

    @Override
    public LocationProvider locationProvider() {
        TableMetadata metadata = current();
        return LocationProviders.locationsFor(folder.toString(), metadata == null ? Map.of() : metadata.properties());
    }
}
