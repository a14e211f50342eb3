package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Spool;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The batches that were taken from a spool and are in flight, and how many of its events were taken, finished and lost.
 * Safe for use by several threads.
 */
final class SpoolBatches {

    private final OutboxFolder folder;
    private final Deque<Batch> underWay = new ArrayDeque<>();

    /**
     * How many events were taken since the folder was opened, and how many of those are finished. They never decrease:
     * so they are right even if committing fails, which it may do after the spool has counted.
     */
    private final AtomicLong taken = new AtomicLong();

    private final AtomicLong finished = new AtomicLong();

    /** The segment of the last finished batch; guarded by {@link #underWay}. */
    private long finishedSegment = -1;

    /** How many events were counted as lost because a file was truncated; guarded by {@link #underWay}. */
    private long lost;

    SpoolBatches(OutboxFolder folder) {
        this.folder = folder;
    }

    /** Adds a batch that was read; null if the folder was abandoned meanwhile: then its events are counted as lost. */
    @Nullable
    Batch add(Spool from, Mark end, PayloadBody body) {
        synchronized (underWay) {
            if (folder.isBroken()) {
                return null;
            }
            Batch batch = new Batch(from, end, body);
            underWay.add(batch);
            taken.addAndGet(batch.events);
            return batch;
        }
    }

    /** As {@link Outbox#takenInto}. */
    @Nullable
    Batch takenInto(PayloadBody body) {
        synchronized (underWay) {
            Batch last = null;
            for (Batch batch : underWay) {
                last = batch.body == body ? batch : last;
            }
            return last == null || last.settled ? null : last;
        }
    }

    /** Returns what was taken and is not committed, in order. */
    List<SpoolAtClose.Events> underWay() {
        synchronized (underWay) {
            return underWay.stream()
                    .map(batch -> new SpoolAtClose.Events(batch.end, batch.settled))
                    .toList();
        }
    }

    /** Returns the number of events in the spool that were not taken. */
    long queued(Spool from) {
        return Math.max(0, from.total() - taken.get());
    }

    /** Returns the number of events in the spool that are not finished, including those in flight. */
    long unfinished(Spool from) {
        return Math.max(0, from.total() - finished.get());
    }

    /** Stops using the folder for good; returns false if that was done before. No batch is taken afterwards. */
    boolean abandonFolder() {
        synchronized (underWay) {
            return folder.abandon();
        }
    }

    /**
     * Returns how many events nobody will take, without those that earlier calls returned. To be repeated, because a
     * thread that began to append before the folder was abandoned may finish after it.
     */
    long countLost(Spool from) {
        synchronized (underWay) {
            long more = Math.max(0, queued(from) - lost);
            lost += more;
            return more;
        }
    }

    /** As {@link SpoolOutbox#isHeldUp}, without regard to the room that is left. */
    boolean areFilesKept() {
        synchronized (underWay) {
            Batch first = underWay.peek();
            return first != null && finishedSegment > first.end.place().segment();
        }
    }

    /** Makes the spool treat all batches as finished; those who sent for them keep their events in memory. */
    void release() {
        synchronized (underWay) {
            for (Batch batch : underWay) {
                batch.finish();
                batch.released = true;
            }
        }
    }

    /** Stores the events of batches that others were finished ahead of behind all others. */
    void moveBehindFinished(Spool spool) {
        synchronized (underWay) {
            SpoolAtClose.moveBehindFinished(spool, underWay());
        }
    }

    /**
     * A batch is committed once all batches before it are settled too, because the spool stores a single commit
     * position.
     */
    final class Batch implements Outbox.Taken {
        private final Spool from;
        private final Mark end;
        private final int events;

        /** Where the sending thread has the events, or had them: it reuses bodies. */
        private final PayloadBody body;

        private boolean settled;
        private boolean released;

        private Batch(Spool from, Mark end, PayloadBody body) {
            this.from = from;
            this.end = end;
            this.body = body;
            this.events = body.count();
        }

        /** Returns the number of the segment with its end. */
        long segment() {
            return end.place().segment();
        }

        @Override
        public void settle() {
            synchronized (underWay) {
                if (released) {
                    return;
                }
                finish();
                Mark reached = null;
                for (Batch first = underWay.peek(); first != null && first.settled; first = underWay.peek()) {
                    reached = first.end;
                    underWay.remove();
                }
                if (reached != null && !folder.isBroken()) {
                    from.reader().commit(reached);
                }
            }
        }

        private void finish() {
            if (!settled) {
                settled = true;
                finished.addAndGet(events);
                finishedSegment = Math.max(finishedSegment, segment());
            }
        }

        @Override
        public boolean keep() {
            synchronized (underWay) {
                return !released;
            }
        }
    }
}
