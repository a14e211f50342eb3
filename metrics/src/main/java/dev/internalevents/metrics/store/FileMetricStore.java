package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Position;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counters in memory that are written to one file whole, with the place in the queue up to which they count, and then put
 * in the old one's place. What was applied since is in the queue still, and is applied again after a crash. Counts as
 * {@link MemoryMetricStore} does.
 */
public final class FileMetricStore implements MetricStore {

    private static final Logger LOG = LoggerFactory.getLogger(FileMetricStore.class);

    private final Path file;
    private final MemoryMetricStore memory;
    private volatile @Nullable Position durable;
    private String said = "";
    private boolean changed;

    private FileMetricStore(Path file, MemoryMetricStore memory) {
        this.file = file;
        this.memory = memory;
        this.durable = memory.applied();
    }

    /**
     * The counters that a file has; none when there is no file. Blocks while it is read.
     *
     * @throws MetricStoreException when it cannot be read, or is no such file
     */
    public static FileMetricStore open(Counters counters, Path file) {
        MemoryMetricStore memory = new MemoryMetricStore(counters);
        try {
            Snapshot.readInto(memory, file);
        } catch (IOException e) {
            throw new MetricStoreException(
                    file + ": the counters cannot be read (" + e.getMessage()
                            + "); move the file away to count from zero",
                    e);
        }
        return new FileMetricStore(file, memory);
    }

    @Override
    public synchronized void apply(Increments batch, @Nullable Position position) {
        memory.apply(batch, position);
        changed = true;
    }

    /** Begins at zero again; the place in the queue stays. */
    public synchronized void reset() {
        memory.reset();
        changed = true;
    }

    /** Where the last batch that was applied reaches. */
    public @Nullable Position applied() {
        return memory.applied();
    }

    @Override
    public synchronized void checkpoint() {
        Position reached = memory.applied();
        if (reached == null || !changed) {
            return;
        }
        try {
            Snapshot.write(memory, reached, file);
            changed = false;
            durable = reached;
            said = "";
        } catch (IOException e) {
            String now = String.valueOf(e);
            if (!now.equals(said)) {
                LOG.warn("{}: the counters cannot be written, and are tried again: {}", file, now);
            }
            said = now;
        }
    }

    @Override
    public @Nullable Position durable() {
        return durable;
    }

    @Override
    public BigDecimal count(Collection<Counter> counters, int[] weeks) {
        return memory.count(counters, weeks);
    }

    @Override
    public long unique(Collection<Counter> counters, int[] weeks) {
        return memory.unique(counters, weeks);
    }

    @Override
    public void close() {
        checkpoint();
    }
}
