package dev.internalevents.client.internal.emitter;

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
 * Sends events to a collector from daemon threads of its own. What is added waits in an outbox; a sending thread takes a
 * batch and keeps trying until the collector takes or refuses it. Each event ends as exactly one of delivered, rejected
 * or dropped, or is kept on disk. Safe for use by several threads.
 */
public final class Emitter {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static final long TICK_NANOS = 250_000_000;
    private static final long SLICE_NANOS = 20_000_000;

    /** After the time to close is up, threads have this long to account for what they hold. */
    private static final long SETTLE_NANOS = 400_000_000;

    /** A control character is six bytes as an escape, and base64 makes eight of them. */
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

    /** When whoever closes stops waiting; the end of the JVM brings it forward. */
    private volatile long closeDeadline;

    private boolean isPressureSaid;

    private Emitter(EmitterSettings settings) {
        this.settings = settings;
        this.maxEventBytes = Math.max(EmitterSettings.MIN_EVENT_BYTES, settings.maxRequestBytes());
        this.accounts = new Accounts(settings.kind(), settings.listener());
        this.circuit = new Circuit(settings.backOff());
        // What may be refused comes before what opens files.
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
            // What waited in memory would be lost with the process.
            onDisk.requireUsable();
            return onDisk;
        }
        return settings.outbox() == null ? new OverflowOutbox(memory, onDisk) : new OverflowOutbox(onDisk, memory);
    }

    /** Where the events of an emitter went; see {@code ClientStats}. */
    public record Stats(
            long tracked,
            long delivered,
            long rejected,
            long dropped,
            long held,
            long retries,
            long queued,
            long spooled,
            Map<DropReason, Long> droppedByReason) {}

    /**
     * An emitter whose threads run.
     *
     * @throws IllegalArgumentException if its kind is kept on disk and the outbox cannot be used
     */
    public static Emitter start(EmitterSettings settings) {
        Emitter emitter = new Emitter(settings);
        emitter.senders.forEach(Thread::start);
        emitter.timer.start();
        return emitter;
    }

    private static Thread daemon(String name, Runnable task) {
        // What the thread that makes the client has in its inheritable locals is not kept alive.
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    public URI endpoint() {
        return settings.endpoint();
    }

    // Taking events

    /**
     * Takes the event or, when there is no room, does what the policy says. Throws nothing except what is {@link
     * ForeignCode#isFatal fatal}; an event that was counted as tracked has one end, whatever is thrown meanwhile.
     */
    public void add(OutgoingEvent event) {
        boolean ignored = take(event);
    }

    /** As {@link #add}, and returns whether the event was taken. */
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
                    // Without a call: the thread may have no stack left for one.
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
            // The frame must be seen before it is asked whether the sender sleeps.
            VarHandle.fullFence();
        }
        batches.wake();
        if (ended) {
            // It came while the client closed, perhaps after the last look into the outbox.
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
            // What would make room waits for the caller.
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

    /** Counts an event that never became one. */
    public void unusable(String name, Throwable cause) {
        accounts.tracked();
        try {
            accounts.drop(DropReason.UNREADABLE, name, cause);
        } catch (Throwable again) {
            // As in add.
            synchronized (accounts.uncounted) {
                accounts.uncounted.events++;
            }
        }
    }

    /** Counts an event that was dropped before it came here. */
    public void dropped(String name, DropReason reason) {
        accounts.tracked();
        accounts.drop(reason, name, null);
    }

    /**
     * Counts an event that was refused before it came here, and logs it by name.
     *
     * @param why in a few words, one of few texts
     */
    public void refused(String name, DropReason reason, String why) {
        accounts.tracked();
        accounts.refuse(reason, name, why);
    }

    // Accounts

    public Stats stats() {
        return accounts.stats(outbox.size(), onDisk == null ? 0 : onDisk.held());
    }

    /** What was dropped, by reason and event name. */
    public Map<DropReason, Map<String, Long>> drops() {
        return accounts.drops();
    }

    /** Why the last request failed; null once one succeeds. */
    public @Nullable String lastFailure() {
        return health.lastFailure();
    }

    public boolean isOutboxUsable() {
        return onDisk == null || onDisk.failure() == null;
    }

    /** Why events cannot go to the outbox on disk, which for those that are kept may be that it is full, or what is set aside there; null when neither is so. */
    public @Nullable String outboxFailure() {
        String failure = onDisk == null ? null : onDisk.failure();
        if (failure == null && onDisk != null && settings.kind().isKept()) {
            return onDisk.fullness();
        }
        return failure != null || setAside == null ? failure : setAside.summary();
    }

    // The end

    /**
     * Blocks until nothing is held or the time is up; true when nothing is held. On a thread of the emitter's own, and in
     * a listener, it does not wait: what it would wait for waits for the caller.
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
     * As {@link #flush}, then stops; answers how many events were left, given up or kept on disk. On a thread of the
     * emitter's own, and in a listener, another thread does it, and the answer is what is held now.
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

    /** Whether a {@link #close} has come to its end; one in a listener goes on after it returned. */
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
            // The sending threads settle what they gave up and end; with their connections closed that takes no time.
            // One that
            // is in a listener, or in code of the TLS provider's, may take any time, and is not waited for.
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
            // What is kept is held too.
            return accounts.dropped(DropReason.LEFT_AT_CLOSE) + (isAllOver ? kept : Math.max(kept, accounts.held()));
        } finally {
            over.countDown();
        }
    }

    /**
     * The JVM is ending, and what serves requests may still be finishing them: takes and sends events until the time is
     * up, somebody closes, or nothing is held, no request is open and nothing was tracked for a while. Then it closes, but
     * for the last case: what is tracked after that is still taken, and sent if the JVM lives that long.
     *
     * @param quiet nanoseconds in which nothing is tracked
     * @param isAnythingOpen whether requests are being served
     */
    public void sendLast(Duration timeout, long quiet, BooleanSupplier isAnythingOpen) {
        long deadline = System.nanoTime() + Durations.nanos(timeout);
        // For good: from here on no event waits for others.
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
                // Somebody's close would wait longer than the JVM does: it accounts for what is left now.
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

    /** What becomes of events that are not delivered. */
    private final class WhatIsLeft implements Sender.Undelivered {

        @Override
        public @Nullable String setAside(PayloadBody event, String reason, int tries) {
            return setAside == null ? null : setAside.add(event, reason, tries);
        }

        @Override
        public boolean isDurable() {
            return settings.outbox() != null;
        }

        /** Events that waited in memory while the outbox's folder could not be used, or before more were spilled. */
        @Override
        public int save(PayloadBody events) {
            return onDisk == null ? 0 : onDisk.save(events);
        }

        /** Costs sending threads nothing while nobody waits. */
        @Override
        public void settled() {
            if (awaited) {
                synchronized (settled) {
                    settled.notifyAll();
                }
            }
        }
    }

    /** On disk an event is held until it is committed, which is a moment after it is counted. */
    private boolean isAnythingHeld() {
        return accounts.held() > 0 || (onDisk != null && onDisk.held() > 0);
    }

    /** An interrupt does not end the wait, which is bounded, and is kept. */
    private boolean awaitNothingHeld(LongSupplier deadline) {
        boolean interrupted = false;
        synchronized (settled) {
            awaited = true;
            boolean isHeld = isAnythingHeld();
            for (long left = left(deadline); isHeld && left > 0; left = left(deadline)) {
                try {
                    // Wakes at times of its own too: an event that is dropped by a policy wakes nobody.
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

    /** A queue that fills although requests succeed is a matter of settings, and is said before anything is dropped. */
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
