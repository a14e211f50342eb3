package dev.internalevents.lake.maintenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Deletes files below the table's {@code data} and {@code metadata} that no snapshot names, as a killed process leaves
 * them. Files are compared by their names, which are unique, because the same file has several addresses: with and
 * without a scheme, through a link.
 */
final class Orphans {

    /** Younger files may belong to a commit that is under way. */
    static final Duration AGE = Duration.ofDays(3);

    private static final Pattern WRITTEN_BY_ICEBERG = Pattern.compile(
            "(.+\\.(parquet|avro|orc|metadata\\.json|metadata\\.json\\.gz|stats|puffin))|(\\..+\\.text)");

    private final Table table;
    private final RowCopy copy;

    Orphans(Table table, RowCopy copy) {
        this.table = table;
        this.copy = copy;
    }

    /** Deletes old orphans, as far as the table's files can be listed; returns how many. */
    long delete(long now) {
        if (!(table.io() instanceof SupportsPrefixOperations files)) {
            return 0;
        }
        Names reachable = reachable();
        long before = Math.min(now, newest(files)) - AGE.toMillis();
        long deleted = 0;
        for (String folder : List.of("data", "metadata")) {
            for (FileInfo file : files.listPrefix(table.location() + "/" + folder + "/")) {
                copy.check();
                String name = name(file.location());
                if (file.createdAtMillis() < before
                        && WRITTEN_BY_ICEBERG.matcher(name).matches()
                        && !reachable.has(name)) {
                    files.deleteFile(file.location());
                    deleted++;
                }
            }
        }
        return deleted;
    }

    /** Returns the time of the newest metadata, by the clock of the store: the lease has just been written. */
    private long newest(SupportsPrefixOperations files) {
        long newest = 0;
        for (FileInfo file : files.listPrefix(table.location() + "/metadata/")) {
            newest = Math.max(newest, file.createdAtMillis());
        }
        return newest;
    }

    private Names reachable() {
        table.refresh();
        Names names = new Names();
        Names manifests = new Names();
        ReachableFileUtil.metadataFileLocations(table, false).forEach(names::add);
        ReachableFileUtil.statisticsFilesLocations(table).forEach(names::add);
        for (Snapshot snapshot : table.snapshots()) {
            copy.check();
            if (snapshot.manifestListLocation() != null) {
                names.add(snapshot.manifestListLocation());
            }
            for (ManifestFile manifest : snapshot.allManifests(table.io())) {
                if (!manifests.has(name(manifest.path()))) {
                    manifests.add(manifest.path());
                    names.add(manifest.path());
                    addFiles(manifest, names);
                }
            }
        }
        return names;
    }

    private void addFiles(ManifestFile manifest, Names names) {
        try (ManifestReader<? extends ContentFile<?>> reader = manifest.content() == ManifestContent.DATA
                ? ManifestFiles.read(manifest, table.io(), table.specs())
                : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
            for (ContentFile<?> file : reader) {
                names.add(file.location());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }

    /** File names as hashes: if two have the same one, at worst an orphan stays. */
    private static final class Names {
        private long[] hashes = new long[1_024];
        private int size;
        private boolean isSorted = true;

        private void add(String location) {
            if (size == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * size);
            }
            hashes[size++] = hash(name(location));
            isSorted = false;
        }

        private boolean has(String name) {
            if (!isSorted) {
                Arrays.sort(hashes, 0, size);
                isSorted = true;
            }
            return Arrays.binarySearch(hashes, 0, size, hash(name)) >= 0;
        }

        private static long hash(String name) {
            return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
        }
    }
}
