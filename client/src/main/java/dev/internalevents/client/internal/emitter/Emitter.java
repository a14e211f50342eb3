package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.EndpointState;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.PayloadBody;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to a collector, or to one of several, from its own daemon threads. Added events are queued in an outbox;
 * a sending thread takes a batch and retries until the collector accepts or rejects it. Each event ends as exactly one
 * of delivered, rejected or dropped, or is left on disk. Safe for use by several threads.
 */
public final class Emitter {

    /** An escaped control character takes six bytes, which base64 turns into eight. */
    private static final int MOST_BYTES_PER_WEIGHT = 8;

    private final EmitterSettings settings;
    private final WhenFull whenFull;
    private final int maxEventBytes;
    private final Lifecycle lifecycle = new Lifecycle();
    private final Accounts accounts;
    private final Outboxes outboxes;
    private final Outbox outbox;
    private final boolean isOnDisk;
    private final Batches batches;
    private final Endpoints endpoints;
    private final EmitterThreads threads;
    private final Shutdown shutdown;

    private Emitter(EmitterSettings settings) {
        this.settings = settings;
        this.whenFull = settings.queue().whenFull();
        this.maxEventBytes = Math.max(
                EmitterSettings.MIN_EVENT_BYTES, settings.batching().maxRequestBytes() - PayloadBody.BYTES_AROUND_ONE);
        this.accounts = new Accounts(settings.kind(), settings.listener());
        // Validate first: this may throw, and must do so before any file is opened.
        List<Connections> connections = new ArrayList<>();
        for (int i = 0; i < settings.delivery().threadCount(); i++) {
            connections.add(new Connections(settings, lifecycle));
        }
        Wakeup pressure = new Wakeup();
        this.outboxes = Outboxes.open(settings, pressure, accounts, lifecycle);
        this.outbox = outboxes.all();
        this.isOnDisk = outboxes.onDisk() != null;
        this.batches = new Batches(settings.batching(), lifecycle, outbox, accounts, pressure);
        this.endpoints = new Endpoints(settings, lifecycle, outbox::size);
        Backlog backlog = new Backlog(accounts, outboxes.onDisk(), batches);
        SendingState shared = new SendingState(
                batches,
                endpoints,
                accounts,
                new Undelivered(outboxes, settings.queue().outbox() != null),
                backlog,
                lifecycle);
        this.threads = new EmitterThreads(
                connections,
                connection -> new Sender(settings, connection, shared),
                new Upkeep(settings, lifecycle, connections, outboxes, accounts, endpoints),
                accounts);
        this.shutdown = new Shutdown(lifecycle, threads, batches, outboxes, accounts, backlog);
    }

    /**
     * Creates an emitter and starts its threads.
     *
     * @throws IllegalArgumentException if its events must be stored on disk and the outbox cannot be used
     */
    public static Emitter start(EmitterSettings settings) {
        Emitter emitter = new Emitter(settings);
        emitter.threads.start();
        return emitter;
    }

    /** Returns the first endpoint of the settings. */
    public URI endpoint() {
        return settings.destination().endpoints().get(0);
    }

    /** Returns the state of each endpoint, in the order of the settings. */
    public List<EndpointState> endpointStates() {
        return endpoints.states();
    }

    // Accepting events

    /**
     * Queues the event or, if there is no room, applies the policy. Throws only errors that are
     * {@link ForeignCode#isFatal fatal}; an event that was counted as tracked ends exactly once, even if something is
     * thrown.
     */
    public void add(OutgoingEvent event) {
        boolean ignored = take(event);
    }

    /** Like {@link #add}, and returns whether the event was queued. */
    public boolean take(OutgoingEvent event) {
        boolean open = false;
        try {
            accounts.tracked();
            open = true;
            Outbox.Offer offer = offer(event);
            if (offer == Outbox.Offer.TAKEN) {
                open = false;
                taken();
                return true;
            } else {
                accounts.drop(reason(offer), event.name(), null);
                open = false;
            }
        } catch (Throwable e) {
            if (open) {
                try {
                    accounts.drop(DropReason.UNREADABLE, event.name(), e);
                } catch (Throwable again) {
                    // No method call here: the thread's stack may be exhausted.
                    synchronized (accounts.uncounted) {
                        accounts.uncounted.events++;
                    }
                }
            }
            if (!(e instanceof StackOverflowError)) {
                ForeignCode.caught(e);
            }
        }
        return false;
    }

    private Outbox.Offer offer(OutgoingEvent event) {
        if (lifecycle.isClosing()) {
            return Outbox.Offer.CLOSED;
        } else if (event.weight() > maxEventBytes / MOST_BYTES_PER_WEIGHT && event.isLargerThan(maxEventBytes)) {
            return Outbox.Offer.TOO_LARGE;
        }
        Outbox.Offer offer = outbox.offer(event);
        return offer == Outbox.Offer.FULL ? makeRoom(event) : offer;
    }

    private void taken() {
        if (isOnDisk) {
            // The frame must be visible before the check whether the sender sleeps.
            VarHandle.fullFence();
        }
        batches.wake();
        if (lifecycle.isEnded()) {
            // The event was added during close, possibly after the outbox was checked for the last time.
            batches.whileNobodyTakes(outbox::close);
        }
    }

    private static DropReason reason(Outbox.Offer offer) {
        return switch (offer) {
            case TOO_LARGE -> DropReason.TOO_LARGE;
            case CLOSED -> DropReason.CLOSED;
            default -> DropReason.FULL;
        };
    }

    private Outbox.Offer makeRoom(OutgoingEvent event) {
        batches.wake();
        Outbox.Offer offer = Outbox.Offer.FULL;
        if (threads.isOwnCall()) {
            // The thread that would make room waits for the caller.
            return offer;
        }
        if (whenFull instanceof WhenFull.DropOldest) {
            boolean[] dropped = {true};
            while (offer == Outbox.Offer.FULL && dropped[0]) {
                batches.whileNobodyTakes(() -> dropped[0] = outbox.dropOldest());
                offer = outbox.offer(event);
            }
        } else if (whenFull instanceof WhenFull.Block block) {
            long most = Durations.nanos(block.max());
            long end = System.nanoTime() + most;
            try {
                for (long left = most;
                        offer == Outbox.Offer.FULL && left > 0 && !lifecycle.isClosing();
                        left = end - System.nanoTime()) {
                    outbox.awaitRoom(Math.min(left, 10_000_000));
                    offer = outbox.offer(event);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return offer;
    }

    /** Counts an event that could not be created. */
    public void unusable(String name, Throwable cause) {
        accounts.tracked();
        try {
            accounts.drop(DropReason.UNREADABLE, name, cause);
        } catch (Throwable again) {
            // As in take.
            synchronized (accounts.uncounted) {
                accounts.uncounted.events++;
            }
        }
    }

    /** Counts an event that was dropped before it was added. */
    public void dropped(String name, DropReason reason) {
        accounts.tracked();
        accounts.drop(reason, name, null);
    }

    /**
     * Counts an event that was refused before it was added, and logs it by name.
     *
     * @param why a short text, one of few
     */
    public void refused(String name, DropReason reason, String why) {
        accounts.tracked();
        accounts.refuse(reason, name, why);
    }

    // Counters and state

    public ClientStats stats() {
        return accounts.stats(outbox.size(), outboxes.spooled());
    }

    /** Returns the dropped events, by reason and event name. */
    public Map<DropReason, Map<String, Long>> drops() {
        return accounts.drops();
    }

    /** See {@link Endpoints#lastFailure}. */
    public @Nullable String lastFailure() {
        return endpoints.lastFailure();
    }

    public boolean isOutboxUsable() {
        return outboxes.isUsable();
    }

    /**
     * Returns why events cannot be stored in the outbox on disk; for events that must be stored there, this includes a
     * full outbox. Otherwise returns a description of the events that are set aside there; null if neither applies.
     */
    public @Nullable String outboxFailure() {
        return outboxes.failure(settings.kind());
    }

    // Closing

    /**
     * Blocks until no event is queued or in flight or the timeout expires; returns true if none is left. On one of the
     * emitter's own threads, and in a listener, it does not wait, because that would be waiting for the caller itself.
     */
    public boolean flush(Duration timeout) {
        return shutdown.flush(timeout);
    }

    /**
     * Like {@link #flush}, then stops the threads; returns how many events were left, dropped or stored on disk. On one
     * of the emitter's own threads, and in a listener, another thread does this, and the number of events now queued or
     * in flight is returned.
     */
    public long close(Duration timeout) {
        return shutdown.close(timeout);
    }

    /** Returns whether a {@link #close} has finished; one called in a listener continues after it returned. */
    public boolean isOver() {
        return shutdown.isOver();
    }

    /**
     * Accepts and sends events during JVM shutdown, when requests may still be in progress, until the timeout expires,
     * the client is closed, or no event is queued or in flight, no request is open and nothing was tracked for a while.
     * Then closes the emitter, except in the last case: events tracked after that are still accepted, and are sent if
     * the JVM lives long enough.
     *
     * @param quiet nanoseconds without a tracked event
     * @param isAnythingOpen returns whether requests are being served
     */
    public void sendLast(Duration timeout, long quiet, BooleanSupplier isAnythingOpen) {
        shutdown.sendLast(timeout, quiet, isAnythingOpen);
    }
}
