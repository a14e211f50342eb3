package dev.internalevents.client.emitter;

import dev.internalevents.protocol.JsonWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to a collector from daemon threads of its own. What is added waits in a bounded queue; a sending thread
 * takes a batch, encodes it, and keeps trying until the collector takes or refuses it. Each event ends as exactly one of
 * delivered, rejected or dropped. Safe for use by several threads.
 */
public final class Emitter {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int MAX_REQUEST_BYTES = 1_000_000;

    private final EmitterSettings settings;
    private final EventQueue queue;
    private final CollectorConnection collector;
    private final UndeliveredLog undelivered = new UndeliveredLog(LOG);
    private final LongAdder tracked = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();

    /** Guards what follows, and wakes both who waits for a retry and who waits for the end. */
    private final Object monitor = new Object();

    private int flushes;
    private boolean closed;
    private boolean abandoned;
    private volatile @Nullable String lastFailure;

    private Emitter(EmitterSettings settings) {
        this.settings = settings;
        this.queue = new EventQueue(settings.queueCapacity());
        this.collector = new CollectorConnection(settings);
    }

    /** Where the events of an emitter went; see {@code ClientStats}. */
    public record Stats(long tracked, long delivered, long rejected, long dropped, long held, long retries) {}

    /** An emitter whose threads run. */
    public static Emitter start(EmitterSettings settings) {
        Emitter emitter = new Emitter(settings);
        int number = NUMBER.incrementAndGet();
        for (int i = 1; i <= settings.threadCount(); i++) {
            Thread thread = new Thread(emitter::run, "internal-events-emitter-" + number + "-" + i);
            thread.setDaemon(true);
            emitter.threads.add(thread);
        }
        emitter.threads.forEach(Thread::start);
        return emitter;
    }

    public URI endpoint() {
        return settings.endpoint();
    }

    /** Takes the event or, when the queue is full or closed, drops it. Never blocks. */
    public void add(OutgoingEvent event) {
        tracked.increment();
        if (!queue.add(event, settings.batchSize())) {
            drop(
                    isClosed()
                            ? "the client is closed"
                            : "the queue is full, " + settings.queueCapacity() + " events wait for the collector",
                    event.name());
        }
    }

    /** Counts an event that never became one. */
    public void unusable(String name, RuntimeException cause) {
        tracked.increment();
        drop("it could not be read (" + cause + ")", name);
    }

    public Stats stats() {
        // Tracked is read last, so that what is held is never too few.
        long toCollector = delivered.sum();
        long refused = rejected.sum();
        long lost = dropped.sum();
        long all = tracked.sum();
        return new Stats(all, toCollector, refused, lost, all - toCollector - refused - lost, retries.sum());
    }

    /** Why the last request failed; null once one succeeds. */
    public @Nullable String lastFailure() {
        return lastFailure;
    }

    /** Blocks until nothing is held or the time is up; true when nothing is held. */
    public boolean flush(Duration timeout) {
        long deadline = deadline(timeout);
        synchronized (monitor) {
            flushes++;
            try {
                queue.hurry();
                monitor.notifyAll();
                return awaitEmpty(deadline);
            } finally {
                flushes--;
            }
        }
    }

    /** As {@link #flush}, then stops; answers how many events were given up. */
    public long close(Duration timeout) {
        synchronized (monitor) {
            if (closed) {
                return 0;
            }
            closed = true;
        }
        queue.close();
        long deadline = deadline(timeout);
        synchronized (monitor) {
            monitor.notifyAll();
            awaitEmpty(deadline);
            abandoned = true;
            monitor.notifyAll();
        }
        collector.abort();
        // The sending threads count what they gave up and end; after an abort that takes no time worth a deadline.
        threads.forEach(Emitter::join);
        collector.close();
        undelivered.flush();
        return givenUp.sum();
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

    private void run() {
        while (true) {
            List<OutgoingEvent> batch =
                    queue.take(settings.batchSize(), settings.linger().toNanos());
            if (batch.isEmpty()) {
                return;
            }
            Progress progress = new Progress();
            try {
                send(batch, progress);
            } catch (RuntimeException | Error e) {
                LOG.error("a batch could not be sent", e);
                for (OutgoingEvent event : batch.subList(progress.settled, batch.size())) {
                    drop("a batch could not be sent (" + e + ")", event.name());
                }
            }
            synchronized (monitor) {
                monitor.notifyAll();
            }
        }
    }

    private void send(List<OutgoingEvent> batch, Progress progress) {
        List<Encoded> request = new ArrayList<>(batch.size());
        int bytes = 0;
        for (OutgoingEvent event : batch) {
            Encoded encoded = encode(event);
            if (encoded == null) {
                progress.settled++;
                continue;
            }
            if (bytes > 0 && bytes + encoded.json.length > MAX_REQUEST_BYTES) {
                deliver(request, progress);
                request = new ArrayList<>();
                bytes = 0;
            }
            request.add(encoded);
            bytes += encoded.json.length;
        }
        if (!request.isEmpty()) {
            deliver(request, progress);
        }
    }

    private @Nullable Encoded encode(OutgoingEvent event) {
        try {
            JsonWriter out = new JsonWriter(2048);
            event.writeOpenTo(out);
            return new Encoded(event.name(), out.toByteArray());
        } catch (RuntimeException e) {
            LOG.debug("{} could not be encoded", event.name(), e);
            drop("it could not be encoded (" + e + ")", event.name());
            return null;
        }
    }

    /** Returns when each event of the request is delivered, rejected or dropped. */
    private void deliver(List<Encoded> request, Progress progress) {
        for (int failures = 0; ; ) {
            if (isAbandoned()) {
                request.forEach(event -> drop("the client was closed before the collector took it", event.name));
                givenUp.add(request.size());
                progress.settled += request.size();
                return;
            }
            Answer answer =
                    collector.post(request.stream().map(event -> event.json).toList());
            if (answer instanceof Answer.Delivered) {
                delivered.add(request.size());
                progress.settled += request.size();
                recovered();
                return;
            } else if (answer instanceof Answer.TooLarge && request.size() > 1) {
                int half = request.size() / 2;
                deliver(request.subList(0, half), progress);
                deliver(request.subList(half, request.size()), progress);
                return;
            } else if (answer instanceof Answer.Rejected rejection) {
                rejected.add(request.size());
                progress.settled += request.size();
                lastFailure = rejection.reason();
                request.forEach(event -> undelivered.add(rejection.reason(), event.name));
                return;
            } else if (answer instanceof Answer.Failed failed) {
                failures++;
                long wait = Math.max(settings.backOff().nextMillis(failures), failed.retryAfterMillis());
                failing(failed.reason(), request.size(), wait);
                pause(wait);
                retries.increment();
            }
        }
    }

    private void drop(String reason, String name) {
        dropped.increment();
        undelivered.add(reason, name);
    }

    private void failing(String reason, int events, long waitMillis) {
        if (lastFailure == null) {
            LOG.warn(
                    "{}: {}; {} event(s) are kept and tried again in {} ms, {} more wait",
                    settings.endpoint(),
                    reason,
                    events,
                    waitMillis,
                    queue.size());
        } else {
            LOG.debug("{}: {}; next try in {} ms", settings.endpoint(), reason, waitMillis);
        }
        lastFailure = reason;
    }

    private void recovered() {
        if (lastFailure != null) {
            LOG.info("{}: events are delivered again", settings.endpoint());
            lastFailure = null;
        }
    }

    /** Waits, but no longer than until somebody flushes or closes; then tries are a short wait apart. */
    private void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        long hurriedEnd = System.nanoTime() + Math.min(millis, 100) * 1_000_000;
        synchronized (monitor) {
            while (!abandoned) {
                long left = (closed || flushes > 0 ? hurriedEnd : end) - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                try {
                    monitor.wait(left / 1_000_000, (int) (left % 1_000_000));
                } catch (InterruptedException e) {
                    // See EventQueue.take: these threads end by close alone.
                }
            }
        }
    }

    /** The caller holds the monitor. */
    private boolean awaitEmpty(long deadline) {
        boolean interrupted = false;
        try {
            while (stats().held() > 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // Wakes at times of its own too: an event that is dropped at the queue wakes nobody.
                long slice = Math.min(left, 50_000_000L);
                try {
                    monitor.wait(slice / 1_000_000, (int) (slice % 1_000_000));
                } catch (InterruptedException e) {
                    interrupted = true;
                    return false;
                }
                queue.hurry();
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isClosed() {
        synchronized (monitor) {
            return closed;
        }
    }

    private boolean isAbandoned() {
        synchronized (monitor) {
            return abandoned;
        }
    }

    private static long deadline(Duration timeout) {
        return System.nanoTime() + Math.min(timeout.toNanos(), Long.MAX_VALUE / 4);
    }

    /** How many events of a batch have ended, whichever way. */
    private static final class Progress {
        private int settled;
    }

    private static final class Encoded {
        private final String name;
        private final byte[] json;

        private Encoded(String name, byte[] json) {
            this.name = name;
            this.json = json;
        }
    }
}
