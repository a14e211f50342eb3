package dev.internalevents.lake.maintenance;

import dev.internalevents.store.SinkException;
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

    /** Returns whether files may be deleted; other tables may use them too. */
    boolean isAllowed() {
        return PropertyUtil.propertyAsBoolean(
                table.properties(), TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT);
    }

    /** Expires old snapshots; returns how many. */
    int old(long now) {
        long age = NumberProperty.of(table, TableProperties.MAX_SNAPSHOT_AGE_MS, 0, DEFAULT_AGE.toMillis());
        int last = last();
        NumberProperty.of(table, TableProperties.MAX_REF_AGE_MS, 1, Long.MAX_VALUE);
        Set<Long> removed = new HashSet<>();
        limits(now - age, last).apply().forEach(snapshot -> removed.add(snapshot.snapshotId()));
        if (!removed.isEmpty()) {
            Places.keep(table, removed);
            limits(now - age, last).commit();
            table.refresh();
        }
        return removed.size();
    }

    private int last() {
        return (int) Math.min(
                Integer.MAX_VALUE, NumberProperty.of(table, TableProperties.MIN_SNAPSHOTS_TO_KEEP, 1, DEFAULT_LAST));
    }

    private ExpireSnapshots limits(long olderThan, int last) {
        return table.expireSnapshots().expireOlderThan(olderThan).retainLast(last);
    }

    /** Expires all snapshots before one, except those that a tag or a branch of the user names. */
    void before(Snapshot first) {
        if (!isAllowed()) {
            throw new SinkException("lake: the property " + TableProperties.GC_ENABLED + " of the table "
                    + table.location() + " is false, so its older snapshots keep the rows of forgotten persons; set it"
                    + " to true once no other table uses the files");
        }
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
