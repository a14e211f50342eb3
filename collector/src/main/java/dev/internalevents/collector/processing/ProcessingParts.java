package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.spool.Spool;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** The parts of processing that outlive a store: each {@link StoreSession} continues with them. */
final class ProcessingParts {

    final Spool spool;
    final Pipeline pipeline;
    final Processor.Settings settings;
    final Processor.Followers followers;
    final Backlog backlog;
    final Pace pace;
    final SeenEvents seen;
    final FailedRetry failedRetry;
    final WaitingRetry waitingRetry;
    final ExecutorService workers;
    final StoreChanges changes = new StoreChanges();
    final OutcomeCounts outcomes = new OutcomeCounts();
    final Trouble trouble = new Trouble();
    final Isolation isolation = new Isolation();
    final Patience patience = new Patience();
    final IdleSleep sleep = new IdleSleep();
    private volatile boolean stopping;

    ProcessingParts(Spool spool, Pipeline pipeline, Processor.Settings settings) {
        this.spool = spool;
        this.pipeline = pipeline;
        this.settings = settings;
        this.followers = settings.followers();
        this.backlog = new Backlog(spool);
        this.pace = new Pace(spool, settings.load(), backlog, this::isStopping);
        this.seen = new SeenEvents(settings.rules().dedupWindow());
        this.failedRetry = new FailedRetry(pipeline, settings.requests(), followers.counts(), seen, followers.sink());
        this.waitingRetry = new WaitingRetry(settings.requests(), outcomes);
        AtomicLong count = new AtomicLong();
        this.workers = Executors.newFixedThreadPool(
                settings.threads(), task -> thread(task, "internal-events-pipeline-" + count.incrementAndGet()));
    }

    /** Returns a daemon thread of low priority, so that senders do not wait for processing. */
    @SuppressWarnings("ThreadPriorityCheck") // Only affects how long senders wait, with -XX:ThreadPriorityPolicy=1.
    static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        return thread;
    }

    /** Requests that processing ends once the spool is drained. */
    void stop() {
        stopping = true;
        sleep.wake();
    }

    boolean isStopping() {
        return stopping;
    }

    /** Called by the processing thread when it ends. */
    void close() {
        workers.shutdownNow();
        seen.close();
        StoredCounts counts = followers.counts();
        if (counts != null) {
            counts.close();
        }
        followers.losses().close();
        followers.retainer().close();
    }
}
