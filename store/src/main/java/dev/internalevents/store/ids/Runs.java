package dev.internalevents.store.ids;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The runs of an index: those in use, those whose files are to be removed, and the memory for their filters. The lock
 * of {@link DiskIndex} guards it.
 */
final class Runs {

    private final FilterMemory memory;
    private final Deque<Run> retired = new ArrayDeque<>();
    private List<Run> current;

    Runs(List<Run> runs, FilterMemory memory) {
        this.current = List.copyOf(runs);
        this.memory = memory;
    }

    /** Returns the runs in use, in the order of their numbers. */
    List<Run> current() {
        return current;
    }

    /** Returns the greatest number in the runs; 0 if there are none. */
    long last() {
        return current.isEmpty() ? 0 : current.get(current.size() - 1).header().upTo();
    }

    void add(Run run) {
        List<Run> more = new ArrayList<>(current);
        more.add(run);
        current = List.copyOf(more);
    }

    /** Replaces merged runs by the run that contains them; false if they are no longer in use. */
    boolean replace(List<Run> inputs, Run merged) {
        int at = current.indexOf(inputs.get(0));
        if (at < 0) {
            retire(merged);
            return false;
        }
        List<Run> fewer = new ArrayList<>(current);
        fewer.subList(at, at + inputs.size()).clear();
        fewer.add(at, merged);
        current = List.copyOf(fewer);
        retired.addAll(inputs);
        return true;
    }

    /** Adds a run whose file is to be removed. */
    void retire(Run run) {
        retired.add(run);
    }

    void retireAll() {
        retired.addAll(current);
        current = List.of();
    }

    boolean hasRetired() {
        return !retired.isEmpty();
    }

    /** Removes the files of runs that are no longer in use. */
    void removeRetired() throws IOException {
        Set<Path> used = new HashSet<>();
        current.forEach(run -> used.add(run.file().path()));
        for (Run run = retired.peek(); run != null; run = retired.peek()) {
            setFilter(run, null);
            if (used.contains(run.file().path())) {
                // Another run was written under the same name.
                run.close();
            } else {
                IndexFolder.remove(run);
            }
            retired.remove();
        }
    }

    /** Removes the file that a message of {@link DamagedRunException} begins with. */
    void removeDamaged(String message) throws IOException {
        for (Run run : current) {
            if (message.startsWith(run.file().path().toString())) {
                IndexFolder.remove(run);
            }
        }
    }

    /** Sets or removes the filter of a run, and gives back the memory of the previous one. */
    void setFilter(Run run, FilterMemory.@Nullable Loaded filter) {
        FilterMemory.Loaded previous = run.filter();
        run.setFilter(filter);
        if (previous != null) {
            memory.giveBack(previous);
        }
    }

    IdIndex.Sizes sizes() {
        long entries = 0;
        long bytes = 0;
        int loaded = 0;
        for (Run run : current) {
            entries += run.header().count();
            bytes += run.header().fileBytes();
            loaded += run.isLoaded() ? 1 : 0;
        }
        return new IdIndex.Sizes(entries, bytes, memory.bytes(), current.size(), loaded);
    }

    void close() {
        current.forEach(IndexFolder::close);
    }
}
