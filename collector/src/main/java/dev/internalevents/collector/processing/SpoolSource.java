package dev.internalevents.collector.processing;

import dev.internalevents.collector.store.EventOutput;
import dev.internalevents.collector.store.EventSource;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.Progress;
import dev.internalevents.collector.store.RawRequests;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.iglu.RegistryUnavailableException;
import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Spool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The events of the spool, transaction by transaction: requests are read and processed ahead by several threads, and
 * given out in order, without those that were seen before. For one thread at a time.
 */
final class SpoolSource implements EventSource {

    private static final int MAX_CHUNK_REQUESTS = 64;
    private static final int MAX_CHUNK_BYTES = 64 << 10;
    private static final int MAX_CHUNKS_AHEAD = 10;
    private static final long MAX_BYTES_AHEAD = 32 << 20;

    private final Spool spool;
    private final Pipeline pipeline;
    private final EventStore store;
    private final ExecutorService workers;
    private final SeenEvents seen;
    private final Accounts accounts;
    private final @Nullable EventOutput output;
    private final RawRequests requests;
    private final Processor.Pace pace;
    private final @Nullable StoredCounts counts;
    private Chunk.@Nullable Result sealedOf;
    private byte[] sealed = {};
    private final List<StoredEvent> kept = new ArrayList<>();
    private final Deque<Chunk> ahead = new ArrayDeque<>();
    private long bytesAhead;

    private Progress progress;
    private List<Chunk.Result> results = List.of();
    private int result;
    private int event;
    private long number;
    private @Nullable Entry next;
    private @Nullable Mark finished;
    private long finishedRequests;
    private long room;
    private long deadline;
    private int given;
    private long working;
    private @Nullable RegistryUnavailableException waiting;

    SpoolSource(
            Spool spool,
            Pipeline pipeline,
            EventStore store,
            ExecutorService workers,
            SeenEvents seen,
            Accounts accounts,
            @Nullable EventOutput output,
            RawRequests requests,
            Processor.Pace pace,
            @Nullable StoredCounts counts,
            Progress progress,
            long lastNumber) {
        this.spool = spool;
        this.pipeline = pipeline;
        this.store = store;
        this.workers = workers;
        this.seen = seen;
        this.accounts = accounts;
        this.output = output;
        this.requests = requests;
        this.pace = pace;
        this.counts = counts;
        this.progress = progress;
        this.number = lastNumber;
    }

    /** Whether there is anything to process, or to note as processed. */
    boolean hasWork() {
        readAhead();
        return next != null || result < results.size() || !ahead.isEmpty();
    }

    /** Begins a transaction of a number of events at most, that takes no more when the time is up. */
    void begin(long most, long nanos) {
        room = most;
        deadline = System.nanoTime() + nanos;
        given = 0;
        working = System.nanoTime();
        waiting = null;
        finishedRequests = 0;
        accounts.begin();
        if (counts != null) {
            counts.begin();
        }
        kept.clear();
    }

    /** What the transaction ended for, when it is a registry that does not answer. */
    @Nullable
    RegistryUnavailableException waiting() {
        return waiting;
    }

    /** Requests that the transaction has finished. */
    long finishedRequests() {
        return finishedRequests;
    }

    /** The transaction is in the store: the spool can forget it. */
    void committed() {
        seen.committed();
        accounts.committed();
        if (counts != null) {
            counts.committed();
        }
        if (output != null) {
            kept.forEach(output::event);
        }
        if (finished != null) {
            spool.reader().commit(finished);
        }
    }

    @Override
    public @Nullable Entry peek() {
        while (next == null) {
            if (result < results.size() && event < results.get(result).events().size()) {
                if (given >= room) {
                    return null;
                }
                next = decide(results.get(result));
            } else if (result < results.size()) {
                finishRequest();
            } else if (isOver() || !nextChunk()) {
                return null;
            }
        }
        return given < room ? next : null;
    }

    @Override
    public void advance() {
        Entry entry = next;
        if (entry == null) {
            throw new IllegalStateException("there is no event; ask peek first");
        }
        next = null;
        given++;
        event++;
        seen.add(entry.event());
        accounts.kept(entry.event());
        if (counts != null) {
            counts.add(entry.event());
        }
        if (output != null) {
            kept.add(entry.event());
        }
        passed();
    }

    @Override
    public Progress progress() {
        return progress;
    }

    private boolean isOver() {
        return given >= room || (given > 0 && System.nanoTime() - deadline > 0);
    }

    private @Nullable Entry decide(Chunk.Result of) {
        Chunk.Prepared prepared = of.events().get(event);
        ProcessedEvent processed = prepared.event();
        Deduplication.Seen seenBefore = seen.look(processed);
        ProcessedEvent kept = Deduplication.apply(processed, seenBefore, of.origin());
        if (kept == null) {
            event++;
            accounts.duplicate();
            passed();
            return null;
        }
        StoredEvent stored = new StoredEvent(++number, kept.payload().session(), kept);
        // One that was given another id has one more context.
        Object content = seenBefore == Deduplication.Seen.NEVER ? prepared.content() : null;
        return new Entry(stored, stored.isGood() ? null : kept(of), content);
    }

    /** The request of failed events, the same bytes for all of one. */
    private byte[] kept(Chunk.Result of) {
        if (!of.equals(sealedOf)) {
            sealedOf = of;
            sealed = requests.seal(of.frame());
        }
        return sealed;
    }

    /** One more event of a request is dealt with. */
    private void passed() {
        progress = new Progress(progress.spool(), progress.segment(), progress.offset(), event);
    }

    private void finishRequest() {
        Mark mark = results.get(result).mark();
        progress = new Progress(spool.id(), mark.segment(), mark.offset(), 0);
        finished = mark;
        finishedRequests++;
        result++;
        event = 0;
    }

    private boolean nextChunk() {
        long now = System.nanoTime();
        pace.restAfter(now - working);
        working = System.nanoTime();
        readAhead();
        Chunk chunk = ahead.peek();
        if (chunk == null) {
            return false;
        }
        try {
            List<Chunk.Result> processed = chunk.results();
            seen.prepare(processed.stream()
                    .flatMap(one -> one.events().stream())
                    .map(Chunk.Prepared::event)
                    .toList());
            results = processed;
            result = 0;
            event = progress.events();
            ahead.remove();
            bytesAhead -= chunk.bytes();
            return true;
        } catch (RegistryUnavailableException e) {
            waiting = e;
            chunk.start(workers);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void readAhead() {
        while (ahead.size() < MAX_CHUNKS_AHEAD && bytesAhead < MAX_BYTES_AHEAD) {
            Chunk chunk = new Chunk(spool.id(), pipeline, store, pace);
            while (chunk.size() < MAX_CHUNK_REQUESTS && chunk.bytes() < MAX_CHUNK_BYTES) {
                byte[] frame = spool.reader().next();
                if (frame == null) {
                    break;
                }
                Mark mark = spool.reader().mark();
                if (mark.isAfter(progress.segment(), progress.offset())) {
                    chunk.add(frame, mark);
                } else {
                    // It was in the store before the spool was told.
                    finished = mark;
                    accounts.skipped();
                }
            }
            if (chunk.size() == 0) {
                return;
            }
            chunk.start(workers);
            bytesAhead += chunk.bytes();
            ahead.add(chunk);
        }
    }
}
