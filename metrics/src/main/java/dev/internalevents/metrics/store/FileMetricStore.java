package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Position;
import dev.internalevents.spool.SetAside;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counters in memory, saved to one file together with the queue position up to which they count; the new file replaces
 * the old one. Later batches are still in the queue, and are applied again after a crash. Counts like
 * {@link MemoryMetricStore}.
 *
 * <p>A thread of its own writes the file, one count after the other. Batches are applied meanwhile: a count that is not
 * written yet is copied before it changes (64 KB for a large unique count). So a checkpoint never blocks
 * {@link #apply}, and takes at most as much memory again as the counters.
 */
public final class FileMetricStore implements LocalMetricStore {

    private static final Logger LOG = LoggerFactory.getLogger(FileMetricStore.class);

    private final Path file;
    private final MemoryMetricStore memory;
    private volatile @Nullable Position durable;
    private String lastError = "";
    private boolean changed;
    private @Nullable Writing writing;
    private boolean again;
    /** Belongs to the thread that writes. */
    private Snapshot.@Nullable Written written;

    /** A snapshot that is being written by a thread. */
    private record Writing(Snapshot snapshot, Thread thread) {}

    private FileMetricStore(Path file, MemoryMetricStore memory) {
        this.file = file;
        this.memory = memory;
        this.durable = memory.applied();
    }

    /**
     * Reads the counters from a file; if it does not exist, there are none. A file that cannot be read is renamed to
     * {@code NAME.damaged} ({@code NAME.damaged-2} and so on if that exists) with a warning, and the counters start
     * empty: they are derived from events, and a damaged file must not stop the process that counts. Blocks while the
     * file is read.
     *
     * @throws MetricStoreException if the file can be neither read nor renamed
     */
    public static FileMetricStore open(Counters counters, Path file) {
        MemoryMetricStore memory = new MemoryMetricStore(counters);
        try {
            SnapshotReader.readInto(memory, file);
            return new FileMetricStore(file, memory);
        } catch (IOException e) {
            setAside(file, e);
            // Do not use the part that was read before the damage.
            return new FileMetricStore(file, new MemoryMetricStore(counters));
        }
    }

    private static void setAside(Path file, IOException cause) {
        String why = Files.isDirectory(file)
                ? "it is a folder"
                : cause instanceof AccessDeniedException
                        ? "this user may not read it"
                        : String.valueOf(cause.getMessage());
        try {
            Path aside = SetAside.move(file);
            LOG.warn(
                    "{}: the counters cannot be read ({}), and the file is renamed to {}; a collector recounts them from its"
                            + " store, anything else starts at zero",
                    file,
                    why,
                    aside.getFileName());
        } catch (IOException e) {
            throw new MetricStoreException(
                    file + ": the counters cannot be read (" + why + ") and cannot be renamed (" + e
                            + "); make its folder writable, or move the file away",
                    cause);
        }
    }

    @Override
    public synchronized void apply(Increments batch, @Nullable Position position) {
        memory.apply(batch, position);
        changed = true;
    }

    @Override
    public synchronized void reset() {
        memory.reset();
        changed = true;
        if (writing != null) {
            writing.snapshot.cancel();
        }
    }

    @Override
    public @Nullable Position applied() {
        return memory.applied();
    }

    /** {@inheritDoc} Blocks until they are written. */
    @Override
    public void checkpoint() {
        // One that is in progress may have begun before the last batches.
        await(writing());
        await(begin());
    }

    /** If a write is in progress, another one follows it. */
    @Override
    public synchronized void beginCheckpoint() {
        again = writing != null;
        begin();
    }

    private synchronized @Nullable Thread writing() {
        return writing == null ? null : writing.thread;
    }

    /** Returns the thread that writes; null if there is nothing to write. */
    private synchronized @Nullable Thread begin() {
        Position reached = memory.applied();
        if (writing != null) {
            return writing.thread;
        } else if (reached == null || !changed) {
            return null;
        }
        Snapshot snapshot = new Snapshot(memory, reached);
        Thread thread = new Thread(() -> write(snapshot), "internal-events-counters");
        thread.setDaemon(true);
        changed = false;
        writing = new Writing(snapshot, thread);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            // There are too many threads.
            ended(snapshot, e);
        }
        return thread;
    }

    private void write(Snapshot snapshot) {
        Throwable failure = null;
        try {
            written = snapshot.write(file, written);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failure = e;
        }
        ended(snapshot, failure);
    }

    private synchronized void ended(Snapshot snapshot, @Nullable Throwable failure) {
        writing = null;
        if (failure == null) {
            durable = snapshot.position();
            lastError = "";
        } else {
            snapshot.notWritten();
            changed = true;
            report(failure);
        }
        if (again) {
            again = false;
            begin();
        }
    }

    private void report(Throwable failure) {
        String now = String.valueOf(failure);
        if (!now.equals(lastError) && !(failure instanceof CancellationException)) {
            LOG.warn("{}: the counters cannot be written; retrying: {}", file, now);
        }
        lastError = now;
    }

    /** Waits for a thread to end, even if the calling thread is interrupted: files would be closed by an interrupt. */
    private static void await(@Nullable Thread thread) {
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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
    public Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
        return memory.totalsBy(counters, weeks);
    }

    @Override
    public void close() {
        checkpoint();
    }
}
