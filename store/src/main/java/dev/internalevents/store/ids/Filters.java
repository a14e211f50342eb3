package dev.internalevents.store.ids;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decides which filters of runs are in memory, and loads them. Used by the thread of {@link Upkeep}. */
final class Filters {

    private final DiskIndex disk;

    Filters(DiskIndex disk) {
        this.disk = disk;
    }

    /**
     * Loads the filters of the smallest runs, the newest first among equal sizes, and a part of the first that does not
     * fit.
     */
    void settle() throws IOException {
        disk.removeRetired();
        Map<Run, Integer> wanted = wanted();
        wanted.forEach((run, pages) -> {
            FilterMemory.Loaded filter = run.filter();
            if (filter != null && filter.pages() != pages) {
                disk.setFilter(run, null);
            }
        });
        for (Map.Entry<Run, Integer> one : wanted.entrySet()) {
            Run run = one.getKey();
            if (run.filter() == null && one.getValue() > 0) {
                disk.setFilter(run, disk.memory().load(run.file(), run.header(), one.getValue()));
            }
        }
        disk.settledFilters();
    }

    /** Returns the number of pages of each run's filter that should be in memory. */
    private Map<Run, Integer> wanted() {
        List<Run> smallest = new ArrayList<>(disk.current());
        smallest.sort(Comparator.comparingLong((Run run) -> run.header().count())
                .thenComparing(run -> -run.header().upTo()));
        long left = disk.memory().maxPages();
        Map<Run, Integer> wanted = new LinkedHashMap<>();
        for (Run run : smallest) {
            long pages = Math.min(left, FilterMemory.pagesOf(run.header()));
            left -= pages;
            wanted.put(run, (int) pages);
        }
        return wanted;
    }
}
