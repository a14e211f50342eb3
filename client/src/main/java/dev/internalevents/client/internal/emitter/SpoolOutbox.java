package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.spool.Appended;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolReader;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.spool.SpoolState;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Queues events in a spool. They are encoded by the thread that tracks them, are in the spool when {@code offer}
 * returns, and stay there until the collector has responded. A folder that cannot be used is retried about once a
 * second; until then the outbox counts as full.
 */
final class SpoolOutbox implements Outbox {

    private final OutboxFolder folder;
    private final Accounts accounts;
    private final EventKind kind;
    private final Lifecycle lifecycle;
    private final EncodeBuffers encoding = new EncodeBuffers();
    private final SpoolBatches batches;

    /**
     * Whether a segment was dropped whose room the spool has not provided yet: dropping more would not make it faster.
     */
    private volatile boolean freeing;

    /**
     * How many events the next start finds of a folder that could not be used at the close; below 0 for another one.
     */
    private final AtomicLong keptOfUnavailable = new AtomicLong(-1);

    SpoolOutbox(Path folder, SpoolSettings settings, Accounts accounts, EventKind kind, Lifecycle lifecycle) {
        this.folder = new OutboxFolder(folder, settings, accounts, kind);
        this.batches = new SpoolBatches(this.folder);
        this.accounts = accounts;
        this.kind = kind;
        this.lifecycle = lifecycle;
    }

    @Override
    public boolean isAtLimit() {
        Spool target = folder.spool();
        return target != null && target.state() instanceof SpoolState.Full;
    }

    @Override
    public Offer offer(OutgoingEvent event) {
        Spool target = folder.spool();
        if (target == null || !(target.state() instanceof SpoolState.Ready)) {
            return lifecycle.isEnded() ? Offer.CLOSED : Offer.FULL;
        } else if (kind.isKept() && !target.canGrow()) {
            // The last file is reserved for events that are moved behind the others; without it, one such event could
            // block a full outbox permanently.
            return Offer.FULL;
        }
        if (freeing) {
            freeing = false;
        }
        EncodeBuffers.Buffers buffers = encoding.take();
        try {
            JsonWriter out = buffers.out().reset();
            event.writeOpenTo(out, buffers.scratch());
            Appended appended = target.append(out.array(), 0, out.length());
            // No method call, which a switch over an enum would need: the frame is stored, so this must be returned.
            if (appended == Appended.YES) {
                return Offer.TAKEN;
            } else if (appended == Appended.TOO_LARGE) {
                return Offer.TOO_LARGE;
            }
            return appended == Appended.CLOSED ? Offer.CLOSED : Offer.FULL;
        } finally {
            try {
                encoding.giveBack(buffers);
            } catch (StackOverflowError e) {
                // The next event allocates new buffers; the result must still be returned.
                buffers = null;
            }
        }
    }

    @Override
    public @Nullable Taken take(PayloadBody body, int maxEvents, int maxBytes) {
        Spool from = folder.spool();
        if (from == null) {
            return null;
        }
        SpoolReader reader = from.reader();
        try {
            boolean isThereMore = true;
            while (isThereMore && body.count() < maxEvents) {
                isThereMore = move(reader, body, maxBytes);
            }
        } catch (InternalError e) {
            // A mapped page that the file system can no longer provide: how the JVM reports SIGBUS.
            broke(from, folder.path() + ": a page cannot be read (" + e.getMessage() + ")");
            return null;
        }
        if (body.count() == 0) {
            return null;
        }
        SpoolBatches.Batch batch = batches.add(from, reader.mark(), body);
        if (batch == null) {
            body.clear();
        }
        return batch;
    }

    @Override
    public @Nullable Taken takenInto(PayloadBody body) {
        return batches.takenInto(body);
    }

    /** Copies one event; returns false if there is none, or the next one does not fit. */
    private static boolean move(SpoolReader reader, PayloadBody body, int maxBytes) {
        int length = reader.nextLength();
        if (length < 0 || (body.count() > 0 && body.size() + length + PayloadBody.BYTES_AFTER_LAST + 1 > maxBytes)) {
            return false;
        }
        int before = body.count();
        try {
            int at = body.beginEvent(length);
            reader.next(body.array(), at);
            body.endEvent();
            return true;
        } catch (RuntimeException | Error e) {
            body.cutEvent();
            if (before > 0) {
                // Out of memory, or a page that cannot be read: the events read before are sent first.
                return false;
            }
            throw e;
        }
    }

    @Override
    public long size() {
        Spool from = folder.spool();
        return from == null ? 0 : batches.queued(from);
    }

    /** Appends events that were taken from memory; returns how many, from the first on. */
    int save(PayloadBody events) {
        Spool target = folder.spool();
        int saved = 0;
        while (target != null && saved < events.count()) {
            byte[] event = events.openEvent(saved);
            if (target.append(event, 0, event.length) != Appended.YES) {
                break;
            }
            saved++;
        }
        return saved;
    }

    /** Returns how many events the next start will find; known once the outbox is closed. */
    long kept() {
        long kept = keptOfUnavailable.get();
        return kept < 0 ? held() : kept;
    }

    /** Returns the number of events in the spool, including those in flight and those that are not committed yet. */
    long held() {
        Spool from = folder.spool();
        return from == null ? 0 : from.held();
    }

    /** Returns the number of events in the spool that are not finished, including those in flight. */
    long unfinished() {
        Spool from = folder.spool();
        return from == null ? 0 : batches.unfinished(from);
    }

    /**
     * Returns whether a few events that are not finished keep so many finished ones on disk that the outbox may become
     * full: files are freed from the oldest event on.
     */
    boolean isHeldUp() {
        return isHalfFull() && batches.areFilesKept();
    }

    /** As {@link OutboxFolder#failure}. */
    @Nullable
    String failure() {
        return folder.failure();
    }

    /** As {@link OutboxFolder#requireUsable}. */
    void requireUsable() {
        folder.requireUsable();
    }

    /** Returns why events that must be stored here are not accepted although the folder works; null if they are. */
    @Nullable
    String fullness() {
        Spool target = folder.spool();
        return target == null || lifecycle.isEnded() || (target.state() instanceof SpoolState.Ready && target.canGrow())
                ? null
                : folder.path() + ": the outbox is full, so no " + kind.words()
                        + " is accepted until the collector has accepted some; " + held() + " are queued";
    }

    @Override
    public boolean isPressing() {
        return false;
    }

    @Override
    public boolean isHalfFull() {
        Spool target = folder.spool();
        return target != null && target.fill() >= 0.5;
    }

    @Override
    public boolean dropOldest() {
        Spool from = folder.spool();
        if (from == null || freeing || !(from.state() instanceof SpoolState.Full)) {
            return false;
        }
        // Room is freed one segment at a time, and a batch in flight would pin the oldest. The sending thread has its
        // events in memory, and saves them again if it ends before they are delivered.
        batches.release();
        PayloadBody body = new PayloadBody(0);
        long segment = -1;
        boolean any = false;
        while (true) {
            body.clear();
            Taken one = take(body, 1, Integer.MAX_VALUE);
            if (!(one instanceof SpoolBatches.Batch batch)) {
                break;
            }
            accounts.drop(DropReason.FULL, SentEvents.name(body, 0), null);
            batch.settle();
            any = true;
            if (segment < 0) {
                segment = batch.segment();
            } else if (batch.segment() != segment) {
                break;
            }
        }
        freeing = any;
        return any;
    }

    @Override
    public void awaitRoom(long nanos) throws InterruptedException {
        Spool target = folder.spool();
        if (target != null) {
            boolean ignored = target.awaitRoom(nanos);
        }
    }

    @Override
    public void tick() {
        Spool now = folder.everOpened();
        if (now != null && folder.isBroken()) {
            countLost(now);
        } else if (now != null && now.isCut()) {
            broke(now, folder.path() + ": a file was truncated while it was in use");
        } else {
            folder.tick(lifecycle.isEnded());
        }
    }

    private void broke(Spool from, String what) {
        if (!batches.abandonFolder()) {
            return;
        }
        countLost(from);
        folder.failed(what
                + "; expected a folder on a local disk that no other program changes. Events in it that are still"
                + " readable are sent after the next start");
    }

    private void countLost(Spool from) {
        long events = batches.countLost(from);
        if (events > 0) {
            accounts.lost(DropReason.UNREADABLE, events);
        }
    }

    @Override
    public void close() {
        Spool from = folder.everOpened();
        if (from == null) {
            return;
        } else if (folder.isBroken()) {
            countLost(from);
            // Closing may take a while: the file system does not work as it should.
            Thread closing = new Thread(null, from::close, "internal-events-outbox-close", 0, false);
            closing.setDaemon(true);
            closing.start();
            return;
        }
        batches.moveBehindFinished(from);
        if (from.state() instanceof SpoolState.Unavailable) {
            closeUnavailable(from);
        } else {
            from.close();
        }
    }

    private void closeUnavailable(Spool from) {
        List<SpoolAtClose.Event> left = SpoolAtClose.events(from, batches.underWay());
        from.close();
        long kept = left.size();
        for (SpoolAtClose.Event event : left) {
            if (!from.isInFile(event.end())) {
                accounts.drop(DropReason.LEFT_AT_CLOSE, event.name(), null);
                kept--;
            }
        }
        keptOfUnavailable.set(kept);
    }
}
