package dev.internalevents.lake;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Iceberg table without a catalog: the versions are {@code metadata/v1.metadata.json} and so on, and
 * {@code metadata/version-hint.text} has the number of the newest, as engines with a Hadoop catalog read and write
 * them. A version is created only if there is none with its number: so of two collectors that commit at once, one
 * repeats its commit.
 */
abstract class VersionedTable implements TableOperations {

    /** The file with the number of the newest version. */
    static final String HINT = "version-hint.text";

    private static final Logger LOG = LoggerFactory.getLogger(VersionedTable.class);

    private static final Pattern VERSION = Pattern.compile("v([0-9]{1,9})\\.metadata\\.json");

    private final String location;
    private final FileIO files;
    private @Nullable TableMetadata current;
    private int version;

    /** @param location where the table is, without a slash at the end */
    VersionedTable(String location, FileIO files) {
        this.location = location;
        this.files = files;
    }

    /** Returns whether a metadata file exists. */
    abstract boolean exists(String name) throws IOException;

    /** Returns the text of the hint; empty if there is none. */
    abstract String hint() throws IOException;

    /** Replaces the text of the hint. */
    abstract void writeHint(String text) throws IOException;

    /** Returns the result of a function for the names of all metadata files. */
    abstract OptionalInt list(Function<Stream<String>, OptionalInt> names) throws IOException;

    /**
     * Creates a metadata file, whole or not at all.
     *
     * @return whether it was created; false if it exists
     */
    abstract boolean create(String name, TableMetadata metadata) throws IOException;

    /** Makes a new version survive a power failure. */
    abstract void sync() throws IOException;

    /** What must be true for {@link #create}, to be named if it fails. */
    abstract String needs();

    /** Returns whether there is a table. */
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
            current = TableMetadataParser.read(files, metadataFileLocation(file(version)));
        }
        return current;
    }

    private OptionalInt newest() {
        try {
            int known = Math.max(1, hinted());
            if (exists(file(known))) {
                while (exists(file(known + 1))) {
                    known++;
                }
                return OptionalInt.of(known);
            }
            return list(names -> names.map(VERSION::matcher)
                    .filter(Matcher::matches)
                    .mapToInt(name -> Integer.parseInt(name.group(1)))
                    .max());
        } catch (IOException e) {
            throw new RuntimeIOException(e, "the table in %s cannot be read: %s", location, e);
        }
    }

    private int hinted() throws IOException {
        try {
            return Integer.parseInt(hint().strip());
        } catch (NumberFormatException e) {
            return 0; // The versions themselves decide.
        }
    }

    private static String file(int number) {
        return "v" + number + ".metadata.json";
    }

    @Override
    public void commit(@Nullable TableMetadata base, TableMetadata metadata) {
        TableMetadata known = current();
        if (!Objects.equals(
                base == null ? null : base.metadataFileLocation(),
                known == null ? null : known.metadataFileLocation())) {
            throw new CommitFailedException("the table in %s has changed", location);
        }
        int next = version + 1;
        try {
            if (!create(file(next), metadata)) {
                throw new CommitFailedException("version %s of the table in %s exists already", next, location);
            }
        } catch (IOException e) {
            throw new RuntimeIOException(
                    e, "version %s of the table in %s cannot be written: %s; %s", next, location, e, needs());
        }
        checkBase(next);
        // The version is committed: what follows must not look like a failure.
        version = next;
        current = null;
        try {
            if (hinted() <= next) {
                writeHint(Integer.toString(next));
            }
        } catch (IOException | RuntimeException e) {
            // A reader without the hint, or with an older one, looks for newer versions.
            LOG.debug("the hint of version {} of the table in {}", next, location, e);
        }
        try {
            sync();
            CatalogUtil.deleteRemovedMetadataFiles(files, base, metadata);
        } catch (IOException | RuntimeException e) {
            LOG.debug("after version {} of the table in {}", next, location, e);
        }
    }

    /**
     * Withdraws a version whose number was free only because it had been there and was deleted: a process that was
     * suspended for long would otherwise commit what nobody ever reads. Old versions are deleted in their order.
     */
    private void checkBase(int next) {
        try {
            if (version > 0 && !exists(file(version))) {
                files.deleteFile(metadataFileLocation(file(next)));
                throw new CommitFailedException(
                        "version %s of the table in %s is older than those that are kept", next, location);
            }
        } catch (IOException e) {
            throw new CommitStateUnknownException(e);
        }
    }

    @Override
    public FileIO io() {
        return files;
    }

    @Override
    public String metadataFileLocation(String name) {
        return location + "/metadata/" + name;
    }

    @Override
    public LocationProvider locationProvider() {
        TableMetadata metadata = current();
        return LocationProviders.locationsFor(location, metadata == null ? Map.of() : metadata.properties());
    }
}
