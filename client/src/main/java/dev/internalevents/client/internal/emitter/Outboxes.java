package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import org.jspecify.annotations.Nullable;

/**
 * The places in which an emitter queues events, according to its settings: memory, a folder, or both.
 *
 * @param all queues events
 * @param onDisk the part of it that is in a folder, or null
 * @param setAside the folder for events that the collector fails at, or null
 */
record Outboxes(
        Outbox all, @Nullable SpoolOutbox onDisk, @Nullable SetAsideEvents setAside) {

    /**
     * Opens the outboxes.
     *
     * @param pressure woken when the queue in memory is half full
     * @throws IllegalArgumentException if events must be stored on disk and the folder cannot be used
     */
    static Outboxes open(EmitterSettings settings, Wakeup pressure, Accounts accounts, Lifecycle lifecycle) {
        EmitterSettings.Queue queue = settings.queue();
        EventKind kind = settings.kind();
        MemoryOutbox memory = new MemoryOutbox(queue.capacity(), queue.bytes(), pressure, accounts, lifecycle);
        SpoolOutbox onDisk = queue.folder() == null
                ? null
                : new SpoolOutbox(queue.folder(), queue.spool(), accounts, kind, lifecycle);
        if (onDisk == null) {
            return new Outboxes(memory, null, null);
        } else if (kind.isKept()) {
            // Events queued in memory would be lost with the process.
            onDisk.requireUsable();
            return new Outboxes(onDisk, onDisk, null);
        } else if (queue.outbox() == null) {
            return new Outboxes(new OverflowOutbox(memory, onDisk), onDisk, null);
        }
        return new Outboxes(new OverflowOutbox(onDisk, memory), onDisk, new SetAsideEvents(queue.outbox()));
    }

    /** Returns the number of events on disk, including those in flight. */
    long spooled() {
        return onDisk == null ? 0 : onDisk.unfinished();
    }

    /** Returns how many events the next start will find; known once the outboxes are closed. */
    long kept() {
        return onDisk == null ? 0 : onDisk.kept();
    }

    boolean isUsable() {
        return onDisk == null || onDisk.failure() == null;
    }

    /**
     * Returns why events cannot be stored on disk; if they must be stored there, this includes that there is no room.
     * Otherwise returns a description of the events that are set aside; null if neither applies.
     */
    @Nullable
    String failure(EventKind kind) {
        String failure = onDisk == null ? null : onDisk.failure();
        if (failure == null && onDisk != null && kind.isKept()) {
            return onDisk.fullness();
        }
        return failure != null || setAside == null ? failure : setAside.summary();
    }

    /** Retries failed operations; called about once a second. */
    void tick() {
        all.tick();
        if (setAside != null) {
            setAside.tick();
        }
    }
}
