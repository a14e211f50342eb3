package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.PayloadBody;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to a collector from its own daemon threads. Added events are queued in an outbox; a sending thread takes
 * a batch and retries until the collector accepts or rejects it. Each event ends as exactly one of delivered, rejected
 * or dropped, or is left on disk. Safe for use by several threads.
 */
public final class Emitter {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static final long TICK_NANOS = 250_000_000;
    private static final long SLICE_NANOS = 20_000_000;

    /** After the close timeout, threads have this long to count and log the events that they still have. */
    private static final long SETTLE_NANOS = 400_000_000;

    /** An escaped control character takes six bytes, which base64 turns into eight. */
    private static final int MOST_BYTES_PER_WEIGHT = 8;

    private final EmitterSettings settings;
    private final int maxEventBytes;
    private final Accounts accounts;
    private final Outbox outbox;
    private final @Nullable SpoolOutbox onDisk;
    private final @Nullable SetAsideEvents setAside;
    private final Batches batches;
    private final Circuit circuit;
    private final CollectorHealth health;
    private final List<Collector> collectors = new ArrayList<>();
    private final List<Thread> senders = new ArrayList<>();
    private final Thread timer;
    private final Object settled = new Object();
    private final Sender.Undelivered undelivered = new WhatIsLeft();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean awaited;

    /** When the closing thread stops waiting; JVM shutdown may bring it forward. */
    private volatile long closeDeadline;

    private boolean isPressureSaid;

    private Emitter(EmitterSettings settings) {
        this.settings = settings;
        this.maxEventBytes = Math.max(EmitterSettings.MIN_EVENT_BYTES, settings.maxRequestBytes());
        this.accounts = new Accounts(settings.kind(), settings.listener());
        this.circuit = new Circuit(settings.backOff());
        // Validate first: this may throw, and must do so before any file is opened.
        for (int i = 0; i < settings.threadCount(); i++) {
            collectors.add(new Collector(settings));
        }
        Wakeup pressure = new Wakeup();
        MemoryOutbox memory = new MemoryOutbox(settings.queueCapacity(), settings.queueBytes(), pressure, accounts);
        Path folder = settings.whenFull() instanceof WhenFull.Spill spill ? spill.folder() : settings.outbox();
        this.onDisk = folder == null ? null : new SpoolOutbox(folder, settings.spool(), accounts, settings.kind());
        this.setAside =
                settings.outbox() == null || settings.kind().isKept() ? null : new SetAsideEvents(settings.outbox());
        this.outbox = outbox(settings, memory, onDisk);
        this.batches = new Batches(settings, outbox, accounts, pressure);
        this.health = new CollectorHealth(settings.kind(), settings.endpoint(), outbox::size);
        int number = NUMBER.incrementAndGet();
        for (Collector collector : collectors) {
            senders.add(daemon(
                    "internal-events-emitter-" + number + "-" + (senders.size() + 1),
                    new Sender(settings, collector, batches, circuit, accounts, health, undelivered)));
        }
        this.timer = daemon("internal-events-timer-" + number, this::run);
    }

    private static Outbox outbox(EmitterSettings settings, MemoryOutbox memory, @Nullable SpoolOutbox onDisk) {
        if (onDisk == null) {
            return memory;
        } else if (settings.kind().isKept()) {
            // Events queued in memory would be lost with the process.
            onDisk.requireUsable();
            return onDisk;
        }
        return settings.outbox() == null ? new OverflowOutbox(memory, onDisk) : new OverflowOutbox(onDisk, memory);
    }

    /**
     * Creates an emitter and starts its threads.
     *
     * @throws IllegalArgumentException if its events must be stored on disk and the outbox cannot be used
     */
    public static Emitter start(EmitterSettings settings) {
        Emitter emitter = new Emitter(settings);
        emitter.senders.forEach(Thread::start);
        emitter.timer.start();
        return emitter;
    }

    private static Thread daemon(String name, Runnable task) {
        // Do not inherit thread locals; they would keep the creator's values alive.
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    public URI endpoint() {
        return settings.endpoint();
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
        if (closed) {
            return Outbox.Offer.CLOSED;
        } else if (event.weight() > maxEventBytes / MOST_BYTES_PER_WEIGHT && event.isLargerThan(maxEventBytes)) {
            return Outbox.Offer.TOO_LARGE;
        }
        Outbox.Offer offer = outbox.offer(event);
        return offer == Outbox.Offer.FULL ? makeRoom(event) : offer;
    }

    private void taken() {
        if (onDisk != null) {
            // The frame must be visible before the check whether the sender sleeps.
            VarHandle.fullFence();
        }
        batches.wake();
        if (ended) {
            // The event was added during close, possibly after the outbox was checked for the last time.
            closeOutbox();
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
        if (isOwnCall()) {
            // The thread that would make room waits for the caller.
            return offer;
        }
        if (settings.whenFull() instanceof WhenFull.DropOldest) {
            boolean[] dropped = {true};
            while (offer == Outbox.Offer.FULL && dropped[0]) {
                batches.whileNobodyTakes(() -> dropped[0] = outbox.dropOldest());
                offer = outbox.offer(event);
            }
        } else if (settings.whenFull() instanceof WhenFull.Block block) {
            long most = Durations.nanos(block.max());
            long end = System.nanoTime() + most;
            try {
                for (long left = most;
                        offer == Outbox.Offer.FULL && left > 0 && !closed;
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
        return accounts.stats(outbox.size(), onDisk == null ? 0 : onDisk.held());
    }

    /** Returns the dropped events, by reason and event name. */
    public Map<DropReason, Map<String, Long>> drops() {
        return accounts.drops();
    }

    /** Returns why the last request failed; null once one succeeds. */
    public @Nullable String lastFailure() {
        return health.lastFailure();
    }

    public boolean isOutboxUsable() {
        return onDisk == null || onDisk.failure() == null;
    }

    /**
     * Returns why events cannot be stored in the outbox on disk; for events that must be stored there, this includes a
     * full outbox. Otherwise returns a description of the events that are set aside there; null if neither applies.
     */
    public @Nullable String outboxFailure() {
        String failure = onDisk == null ? null : onDisk.failure();
        if (failure == null && onDisk != null && settings.kind().isKept()) {
            return onDisk.fullness();
        }
        return failure != null || setAside == null ? failure : setAside.summary();
    }

    // Closing

    /**
     * Blocks until no event is queued or in flight or the timeout expires; returns true if none is left. On one of the
     * emitter's own threads, and in a listener, it does not wait, because that would be waiting for the caller itself.
     */
    public boolean flush(Duration timeout) {
        if (isOwnCall()) {
            return !isAnythingHeld();
        }
        long deadline = System.nanoTime() + Durations.nanos(timeout);
        return flushUntil(() -> deadline);
    }

    private boolean flushUntil(LongSupplier deadline) {
        batches.hurry();
        circuit.hurry();
        try {
            return awaitNothingHeld(deadline);
        } finally {
            batches.relax();
            circuit.relax();
        }
    }

    /**
     * Like {@link #flush}, then stops the threads; returns how many events were left, dropped or stored on disk. On one
     * of the emitter's own threads, and in a listener, another thread does this, and the number of events now queued or
     * in flight is returned.
     */
    public long close(Duration timeout) {
        synchronized (settled) {
            if (closed) {
                return 0;
            }
            closed = true;
        }
        batches.closing();
        closeDeadline = System.nanoTime() + Durations.nanos(timeout);
        if (isOwnCall()) {
            long held = accounts.held();
            daemon("internal-events-close", this::end).start();
            return held;
        }
        return end();
    }

    /** Returns whether a {@link #close} has finished; one called in a listener continues after it returned. */
    public boolean isOver() {
        return over.getCount() == 0;
    }

    private boolean isOwnCall() {
        Thread caller = Thread.currentThread();
        return accounts.isTelling() || caller == timer || senders.contains(caller);
    }

    private long end() {
        try {
            flushUntil(() -> closeDeadline);
            ended = true;
            circuit.end();
            collectors.forEach(Collector::close);
            batches.end();
            LockSupport.unpark(timer);
            // The sending threads settle the events they gave up, and end; with their connections closed this takes no
            // time. A thread that is in a listener, or in code of the TLS provider, may take any time, and is not
            // waited for.
            long last = System.nanoTime() + SETTLE_NANOS;
            boolean isAllOver = true;
            for (Thread sender : senders) {
                isAllOver &= isOverAt(sender, last);
            }
            isAllOver &= isOverAt(timer, last);
            isAllOver &= batches.whileNobodyTakes(outbox::close, isAllOver ? Long.MAX_VALUE : SETTLE_NANOS);
            long kept = onDisk == null ? 0 : onDisk.kept();
            accounts.flush();
            if (kept > 0) {
                LOG.info("{} event(s) are kept in the outbox and sent after the next start", kept);
            }
            if (!isAllOver) {
                LOG.warn(
                        "a thread of the client did not end: a delivery listener, or the TLS provider, has not returned;"
                                + " {} event(s) are left with it",
                        accounts.held());
            }
            // Events left on disk count as held too.
            return accounts.dropped(DropReason.LEFT_AT_CLOSE) + (isAllOver ? kept : Math.max(kept, accounts.held()));
        } finally {
            over.countDown();
        }
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
        long deadline = System.nanoTime() + Durations.nanos(timeout);
        // Not reverted: from here on, no event waits for others.
        batches.hurry();
        circuit.hurry();
        Quiet quietness = new Quiet(quiet, accounts::trackedSoFar);
        boolean isQuiet = false;
        while (!closed && !isQuiet && deadline - System.nanoTime() > 0) {
            boolean isOpen = isAnythingOpen.getAsBoolean();
            isQuiet = quietness.isReached() && !isOpen && !isAnythingHeld();
            if (!isQuiet) {
                LockSupport.parkNanos(this, SLICE_NANOS);
            }
        }
        if (closed) {
            if (!awaitOver(deadline)) {
                // A concurrent close would wait longer than the JVM does: make it count and log the remaining events
                // now.
                closeDeadline = System.nanoTime();
                boolean ignored = awaitOver(closeDeadline + 2 * SETTLE_NANOS);
            }
        } else if (isQuiet) {
            accounts.flush();
        } else {
            close(Duration.ZERO);
        }
    }

    private boolean awaitOver(long deadline) {
        boolean interrupted = false;
        boolean isOver = false;
        for (long left = deadline - System.nanoTime(); left > 0 && !isOver; left = deadline - System.nanoTime()) {
            try {
                isOver = over.await(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return isOver;
    }

    private void closeOutbox() {
        batches.whileNobodyTakes(outbox::close);
    }

    /** Handles events that are not delivered. */
    private final class WhatIsLeft implements Sender.Undelivered {

        @Override
        public @Nullable String setAside(PayloadBody event, String reason, int tries) {
            return setAside == null ? null : setAside.add(event, reason, tries);
        }

        @Override
        public boolean isDurable() {
            return settings.outbox() != null;
        }

        /**
         * Saves events that were queued in memory while the outbox's folder could not be used, or before more were
         * spilled.
         */
        @Override
        public int save(PayloadBody events) {
            return onDisk == null ? 0 : onDisk.save(events);
        }

        /** Costs sending threads nothing unless a caller waits. */
        @Override
        public void settled() {
            if (awaited) {
                synchronized (settled) {
                    settled.notifyAll();
                }
            }
        }
    }

    /** On disk, an event counts as held until it is committed, which is a moment after it is counted as delivered. */
    private boolean isAnythingHeld() {
        return accounts.held() > 0 || (onDisk != null && onDisk.held() > 0);
    }

    /**
     * Waits, at most until the deadline. An interrupt does not end the wait; the interrupt status is restored
     * afterwards.
     */
    private boolean awaitNothingHeld(LongSupplier deadline) {
        boolean interrupted = false;
        synchronized (settled) {
            awaited = true;
            boolean isHeld = isAnythingHeld();
            for (long left = left(deadline); isHeld && left > 0; left = left(deadline)) {
                try {
                    // Also wakes periodically: an event that is dropped by a policy notifies no waiting thread.
                    long slice = Math.min(left, SLICE_NANOS);
                    settled.wait(slice / 1_000_000, (int) (slice % 1_000_000));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                batches.wake();
                isHeld = isAnythingHeld();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return !isHeld;
        }
    }

    private static long left(LongSupplier deadline) {
        return deadline.getAsLong() - System.nanoTime();
    }

    private static boolean isOverAt(Thread thread, long deadline) {
        boolean interrupted = false;
        for (long left = deadline - System.nanoTime();
                thread.isAlive() && left > 0;
                left = deadline - System.nanoTime()) {
            try {
                thread.join(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    // The timer

    private void run() {
        int ticks = 0;
        while (!ended) {
            LockSupport.parkNanos(this, Math.min(TICK_NANOS, Durations.nanos(settings.readTimeout()) / 4 + 1_000_000));
            try {
                tick(++ticks);
            } catch (RuntimeException | Error e) {
                health.broken("the timer failed: " + e);
            }
        }
    }

    private void tick(int ticks) {
        collectors.forEach(Collector::expire);
        if (ticks % 4 == 0) {
            outbox.tick();
            accounts.tick();
            if (setAside != null) {
                setAside.tick();
            }
            warnOfPressure();
        }
    }

    /**
     * Warns, before any event is dropped, about a queue that fills although requests succeed, because that is caused by
     * the settings.
     */
    private void warnOfPressure() {
        if (!isPressureSaid && health.lastFailure() == null && outbox.isHalfFull()) {
            isPressureSaid = true;
            LOG.warn(
                    "{}: half of the queue is full although requests succeed: each of {} thread(s) sends one request a"
                            + " round trip, with {} event(s) at most; set a larger batch size or thread count",
                    settings.endpoint(),
                    settings.threadCount(),
                    settings.mostTogether());
        }
    }
}
