package dev.internalevents.client.emitter;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.PayloadBody;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
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

    /** A control character is six bytes as an escape, and base64 makes eight of them. */
    private static final int MOST_BYTES_PER_WEIGHT = 8;

    private final EmitterSettings settings;
    private final int maxEventBytes;
    private final Accounts accounts;
    private final Outbox outbox;
    private final @Nullable SpoolOutbox onDisk;
    private final Batches batches;
    private final Circuit circuit;
    private final CollectorHealth health;
    private final List<Collector> collectors = new ArrayList<>();
    private final List<Thread> senders = new ArrayList<>();
    private final Thread timer;
    private final Object settled = new Object();
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean awaited;

    private Emitter(EmitterSettings settings) {
        this.settings = settings;
        this.maxEventBytes = Math.max(EmitterSettings.MIN_EVENT_BYTES, settings.maxRequestBytes());
        this.accounts = new Accounts(settings.listener());
        this.circuit = new Circuit(settings.backOff());
        // What may be refused comes before what opens files.
        for (int i = 0; i < settings.threadCount(); i++) {
            collectors.add(new Collector(settings));
        }
        Wakeup pressure = new Wakeup();
        MemoryOutbox memory = new MemoryOutbox(settings.queueCapacity(), settings.queueBytes(), pressure, accounts);
        Path folder = settings.whenFull() instanceof WhenFull.Spill spill ? spill.folder() : settings.outbox();
        this.onDisk = folder == null ? null : new SpoolOutbox(folder, settings.spool(), accounts);
        this.outbox = onDisk == null
                ? memory
                : settings.outbox() == null ? new OverflowOutbox(memory, onDisk) : new OverflowOutbox(onDisk, memory);
        this.batches = new Batches(settings, outbox, accounts, pressure);
        this.health = new CollectorHealth(settings.endpoint(), outbox::size);
        int number = NUMBER.incrementAndGet();
        for (Collector collector : collectors) {
            senders.add(daemon(
                    "internal-events-emitter-" + number + "-" + (senders.size() + 1),
                    new Sender(collector, batches, circuit, accounts, health, this::settled, this::save)));
        }
        this.timer = daemon("internal-events-timer-" + number, this::tick);
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

    /** An emitter whose threads run. */
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
     * Takes the event or, when there is no room, does what the policy says. Never throws but for what is {@link
     * ForeignCode#isFatal fatal}; an event that was counted as tracked has one end, whatever is thrown meanwhile.
     */
    public void add(OutgoingEvent event) {
        boolean open = false;
        try {
            accounts.tracked();
            open = true;
            Outbox.Offer offer = offer(event);
            if (offer == Outbox.Offer.TAKEN) {
                open = false;
                taken();
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
        if (settings.whenFull() instanceof WhenFull.DropOldest) {
            boolean[] dropped = {true};
            while (offer == Outbox.Offer.FULL && dropped[0]) {
                batches.whileNobodyTakes(() -> dropped[0] = outbox.dropOldest());
                offer = outbox.offer(event);
            }
        } else if (settings.whenFull() instanceof WhenFull.Block block) {
            long end = System.nanoTime() + block.max().toNanos();
            try {
                for (long left = block.max().toNanos();
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

    /** Why events cannot go to the outbox on disk; null when they can, or there is none. */
    public @Nullable String outboxFailure() {
        return onDisk == null ? null : onDisk.failure();
    }

    // The end

    /** Blocks until nothing is held or the time is up; true when nothing is held. */
    public boolean flush(Duration timeout) {
        long deadline = deadline(timeout);
        batches.hurry();
        circuit.hurry();
        try {
            return awaitNothingHeld(deadline);
        } finally {
            batches.relax();
            circuit.relax();
        }
    }

    /** As {@link #flush}, then stops; answers how many events were left, given up or kept on disk. */
    public long close(Duration timeout) {
        synchronized (settled) {
            if (closed) {
                return 0;
            }
            closed = true;
        }
        batches.closing();
        flush(timeout);
        ended = true;
        circuit.end();
        collectors.forEach(Collector::close);
        batches.end();
        // The sending threads settle what they gave up and end; with their connections closed that takes no time.
        senders.forEach(Emitter::join);
        LockSupport.unpark(timer);
        join(timer);
        closeOutbox();
        long kept = onDisk == null ? 0 : onDisk.kept();
        accounts.close();
        if (kept > 0) {
            LOG.info("{} event(s) are kept in the outbox and sent after the next start", kept);
        }
        return accounts.dropped(DropReason.LEFT_AT_CLOSE) + kept;
    }

    /** Events that waited in memory while the outbox's folder could not be used. */
    private int save(PayloadBody events) {
        SpoolOutbox folder = settings.outbox() == null ? null : onDisk;
        return folder == null ? 0 : folder.save(events);
    }

    private void closeOutbox() {
        batches.whileNobodyTakes(outbox::close);
    }

    /** Told by sending threads; costs them nothing while nobody waits. */
    private void settled() {
        if (awaited) {
            synchronized (settled) {
                settled.notifyAll();
            }
        }
    }

    /** On disk an event is held until it is committed, which is a moment after it is counted. */
    private boolean isAnythingHeld() {
        return accounts.held() > 0 || (onDisk != null && onDisk.held() > 0);
    }

    private boolean awaitNothingHeld(long deadline) {
        synchronized (settled) {
            awaited = true;
            while (isAnythingHeld()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    // Wakes at times of its own too: an event that is dropped by a policy wakes nobody.
                    long slice = Math.min(left, 20_000_000L);
                    settled.wait(slice / 1_000_000, (int) (slice % 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
                batches.wake();
            }
            return true;
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
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

    private static long deadline(Duration timeout) {
        return System.nanoTime() + Math.min(timeout.toNanos(), Long.MAX_VALUE / 4);
    }

    // The timer

    private void tick() {
        int ticks = 0;
        while (!ended) {
            LockSupport.parkNanos(
                    this, Math.min(TICK_NANOS, settings.readTimeout().toNanos() / 4 + 1_000_000));
            collectors.forEach(Collector::expire);
            if (++ticks % 4 == 0) {
                outbox.tick();
                accounts.tick();
            }
        }
    }
}
