package dev.internalevents.lake.maintenance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The places of collectors, by snapshot: a collector writes its place into the summary of each snapshot that it adds,
 * so the place at a snapshot is that of the newest ancestor that has one. Before ancestors expire, what they say is
 * written into a property of the table, for the oldest snapshot that stays.
 */
public final class Places {

    /** The prefix of the key with a collector's place in the summary of a snapshot. */
    public static final String PREFIX = "place.";

    /** The places before the oldest snapshot: its id, whether they are all, and the places by collector. */
    static final String BEFORE = "internal-events.places-before";

    private static final String ALL = "all";
    private static final String SOME = "some";
    private static final int MAX_COLLECTORS = 1_000;

    private Places() {}

    /**
     * Returns the place of a collector at a snapshot.
     *
     * @param newestFirst the snapshot and its ancestors
     * @return the text of the place: 0 if no commit of this collector is among the snapshots or their ancestors, and
     *     null if that is not known because another program expired ancestors
     */
    public static @Nullable String at(Table table, Iterable<Snapshot> newestFirst, String collector) {
        Snapshot oldest = null;
        for (Snapshot snapshot : newestFirst) {
            String text = snapshot.summary() == null ? null : snapshot.summary().get(PREFIX + collector);
            if (text != null) {
                return text;
            }
            oldest = snapshot;
        }
        if (oldest == null || oldest.parentId() == null) {
            return "0";
        }
        Before before = before(table, oldest);
        String text = before.places().get(collector);
        return text != null ? text : before.isAll() ? "0" : null;
    }

    /** The places at the parent of a snapshot, which may have expired. */
    private record Before(boolean isAll, Map<String, String> places) {}

    private static Before before(Table table, Snapshot oldest) {
        String[] parts = table.properties().getOrDefault(BEFORE, "").split(" ", -1);
        Map<String, String> places = new LinkedHashMap<>();
        if (parts.length < 2 || !parts[0].equals(Long.toString(oldest.snapshotId()))) {
            return new Before(false, places);
        }
        for (int i = 2; i < parts.length; i++) {
            String[] place = parts[i].split("=", 2);
            if (place.length == 2) {
                places.put(place[0], place[1]);
            }
        }
        return new Before(parts[1].equals(ALL), places);
    }

    /**
     * Writes the places at snapshots that are going to expire into the table, as a commit of its own.
     *
     * @param removed the ids of the snapshots
     */
    static void keep(Table table, Set<Long> removed) {
        if (table.currentSnapshot() == null) {
            return;
        }
        List<Snapshot> ancestors = new ArrayList<>();
        SnapshotUtil.currentAncestors(table).forEach(ancestors::add);
        int first = 0;
        while (first < ancestors.size()
                && !removed.contains(ancestors.get(first).snapshotId())) {
            first++;
        }
        if (first == 0 || first == ancestors.size()) {
            return;
        }
        Map<String, String> places = new LinkedHashMap<>();
        for (Snapshot snapshot : ancestors.subList(first, ancestors.size())) {
            snapshot.summary().forEach((key, value) -> {
                if (key.startsWith(PREFIX)) {
                    places.putIfAbsent(key.substring(PREFIX.length()), value);
                }
            });
        }
        Snapshot oldest = ancestors.get(ancestors.size() - 1);
        boolean all = oldest.parentId() == null;
        if (!all) {
            Before before = before(table, oldest);
            before.places().forEach(places::putIfAbsent);
            all = before.isAll();
        }
        StringBuilder text = new StringBuilder().append(ancestors.get(first - 1).snapshotId());
        text.append(' ').append(all && places.size() <= MAX_COLLECTORS ? ALL : SOME);
        places.entrySet().stream()
                .limit(MAX_COLLECTORS)
                .forEach(place ->
                        text.append(' ').append(place.getKey()).append('=').append(place.getValue()));
        table.updateProperties().set(BEFORE, text.toString()).commit();
    }
}
