package dev.internalevents.store.ids;

import java.util.List;

/**
 * Chooses runs to merge, so that there are few: neighbours that together make a run of the next size, four times as
 * large. The largest runs are not merged; once their events are too old, they are dropped without being read.
 */
final class MergePlan {

    private static final int FANOUT = 4;
    private static final int MAX_TIER = 5;
    private static final int MANY_SMALL = 8;

    private MergePlan() {}

    /**
     * Returns the next runs to merge, which are neighbours; empty if there is nothing to do.
     *
     * @param runs the runs, oldest first
     * @param unit number of entries in a run of the smallest size
     * @param cutoff events received before this time, in milliseconds since 1970, can be dropped
     */
    static List<Run> next(List<Run> runs, long unit, long cutoff) {
        int old = 0;
        long entries = 0;
        while (old < runs.size() && isOld(runs.get(old), cutoff)) {
            entries += runs.get(old++).header().count();
        }
        if (old > 1 || entries > 0) {
            return runs.subList(0, old);
        }
        long size = unit;
        for (int tier = 0; tier < MAX_TIER; tier++, size *= FANOUT) {
            List<Run> newest = newestBelow(runs, size * FANOUT);
            long sum = newest.stream().mapToLong(run -> run.header().count()).sum();
            boolean isMany = tier == 0 && newest.size() >= MANY_SMALL;
            if (newest.size() > 1 && (sum >= size * FANOUT || isMany)) {
                return newest;
            }
        }
        for (Run run : runs) {
            if (run.header().countBefore(cutoff) * 2 > run.header().count()) {
                return List.of(run);
            }
        }
        return List.of();
    }

    private static boolean isOld(Run run, long cutoff) {
        return run.header().countBefore(cutoff) == run.header().count();
    }

    private static List<Run> newestBelow(List<Run> runs, long count) {
        int from = runs.size();
        while (from > 0 && runs.get(from - 1).header().count() < count) {
            from--;
        }
        return runs.subList(from, runs.size());
    }
}
