package dev.internalevents.lake.maintenance;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Expires snapshots and deletes their files, after what they say of the places of collectors is written elsewhere. */
final class Expiry {

    /** How long snapshots stay, unless the table's {@code history.expire.max-snapshot-age-ms} says otherwise. */
    static final Duration DEFAULT_AGE = Duration.ofDays(3);

    /** How many stay, whatever their age, unless {@code history.expire.min-snapshots-to-keep} says otherwise. */
    static final int DEFAULT_LAST = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    private final Table table;

    Expiry(Table table) {
        this.table = table;
    }

    /** Expires old snapshots; returns how many. */
    int old(long now) {
        Map<String, String> properties = table.properties();
        long age = PropertyUtil.propertyAsLong(properties, TableProperties.MAX_SNAPSHOT_AGE_MS, DEFAULT_AGE.toMillis());
        int last = PropertyUtil.propertyAsInt(properties, TableProperties.MIN_SNAPSHOTS_TO_KEEP, DEFAULT_LAST);
        Set<Long> removed = new HashSet<>();
        limits(now - age, last).apply().forEach(snapshot -> removed.add(snapshot.snapshotId()));
        if (!removed.isEmpty()) {
            Places.keep(table, removed);
            limits(now - age, last).commit();
            table.refresh();
        }
        return removed.size();
    }

    private ExpireSnapshots limits(long olderThan, int last) {
        return table.expireSnapshots().expireOlderThan(olderThan).retainLast(Math.max(1, last));
    }

    /** Expires all snapshots before one, except those that a tag or a branch of the user names. */
    void before(Snapshot first) {
        Set<Long> named = new HashSet<>();
        Set<String> names = new TreeSet<>();
        Set<Long> removed = new HashSet<>();
        for (Snapshot snapshot : table.snapshots()) {
            if (snapshot.sequenceNumber() < first.sequenceNumber()) {
                removed.add(snapshot.snapshotId());
            }
        }
        for (Map.Entry<String, SnapshotRef> ref : table.refs().entrySet()) {
            if (removed.contains(ref.getValue().snapshotId())) {
                named.add(ref.getValue().snapshotId());
                names.add(ref.getKey());
            }
        }
        if (!names.isEmpty()) {
            LOG.warn(
                    "lake: the table {} still has rows of forgotten persons in the snapshots of its tags and branches"
                            + " {}; drop those to remove the rows",
                    table.location(),
                    names);
        }
        removed.removeAll(named);
        if (!removed.isEmpty()) {
            Places.keep(table, removed);
            // Others stay: only what has these rows goes.
            ExpireSnapshots expire = table.expireSnapshots().expireOlderThan(0);
            removed.forEach(expire::expireSnapshotId);
            expire.commit();
            table.refresh();
        }
    }
}
