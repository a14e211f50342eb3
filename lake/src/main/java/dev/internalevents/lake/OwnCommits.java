package dev.internalevents.lake;

import dev.internalevents.protocol.ForeignCode;
import java.util.HashSet;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a table whose catalog is a server. If the answer to a commit is lost, the catalog's client sends it
 * again, and the server answers that the table has changed: by this commit. Iceberg would then delete the files of the
 * commit, which are part of the table. So a commit that failed is looked for in the table, by its snapshot.
 */
final class OwnCommits implements TableOperations {

    private final TableOperations catalog;

    OwnCommits(TableOperations catalog) {
        this.catalog = catalog;
    }

    @Override
    public void commit(@Nullable TableMetadata base, TableMetadata metadata) {
        try {
            catalog.commit(base, metadata);
        } catch (RuntimeException e) {
            ForeignCode.caught(e);
            Set<Long> added = added(base, metadata);
            if (added.isEmpty() || !isCommitted(added, e)) {
                throw e;
            }
        }
    }

    private static Set<Long> added(@Nullable TableMetadata base, TableMetadata metadata) {
        Set<Long> added = new HashSet<>();
        for (Snapshot snapshot : metadata.snapshots()) {
            if (base == null || base.snapshot(snapshot.snapshotId()) == null) {
                added.add(snapshot.snapshotId());
            }
        }
        return added;
    }

    private boolean isCommitted(Set<Long> snapshots, RuntimeException failure) {
        TableMetadata now;
        try {
            now = catalog.refresh();
        } catch (RuntimeException e) {
            ForeignCode.caught(e);
            if (failure instanceof CommitStateUnknownException) {
                throw failure;
            }
            throw new CommitStateUnknownException(failure);
        }
        if (now != null && snapshots.stream().allMatch(id -> now.snapshot(id) != null)) {
            return true;
        }
        if (!(failure instanceof CommitFailedException) && !(failure instanceof CommitStateUnknownException)) {
            // The server may still carry it out.
            throw new CommitStateUnknownException(failure);
        }
        return false;
    }

    @Override
    public @Nullable TableMetadata current() {
        return catalog.current();
    }

    @Override
    public @Nullable TableMetadata refresh() {
        return catalog.refresh();
    }

    @Override
    public FileIO io() {
        return catalog.io();
    }

    @Override
    public EncryptionManager encryption() {
        return catalog.encryption();
    }

    @Override
    public String metadataFileLocation(String name) {
        return catalog.metadataFileLocation(name);
    }

    @Override
    public LocationProvider locationProvider() {
        return catalog.locationProvider();
    }

    /** Names files of a table that is about to be created. */
    @Override
    public TableOperations temp(TableMetadata uncommitted) {
        return catalog.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
        return catalog.newSnapshotId();
    }

    @Override
    public boolean requireStrictCleanup() {
        return true;
    }
}
