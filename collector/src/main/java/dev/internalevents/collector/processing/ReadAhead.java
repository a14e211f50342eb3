package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.spool.Mark;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.Progress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the spool ahead of the transactions, and has the requests processed in chunks by several threads; their results
 * come in order. Used by one thread at a time.
 */
final class ReadAhead {

    private static final int MAX_CHUNK_REQUESTS = 64;
    private static final int MAX_CHUNK_BYTES = 64 << 10;
    private static final int MAX_CHUNKS = 10;

    private final Spool spool;
    private final Steps steps;
    private final Progress stored;
    private final long maxBytes = Math.min(32 << 20, Runtime.getRuntime().maxMemory() / 16);
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private long bytes;
    private Chunk.@Nullable Refusal refusal;
    private @Nullable Mark skipped;

    /** @param stored the progress of the store; requests before it are skipped */
    ReadAhead(Spool spool, Steps steps, Progress stored) {
        this.spool = spool;
        this.steps = steps;
        this.stored = stored;
    }

    /** Makes the next request fail as a whole without being processed. Must be called before anything is read. */
    void refuseNext(String reason) {
        refusal = new Chunk.Refusal(stored.events(), reason);
    }

    /** Reads on as far as the limits allow; returns whether there are results to come. */
    boolean hasMore() {
        while (chunks.size() < MAX_CHUNKS && bytes < maxBytes) {
            Chunk chunk = read();
            if (chunk.size() == 0) {
                break;
            }
            chunk.start();
            bytes += chunk.bytes();
            chunks.add(chunk);
        }
        return !chunks.isEmpty();
    }

    private Chunk read() {
        Chunk chunk = new Chunk(steps);
        while (chunk.size() < MAX_CHUNK_REQUESTS && chunk.bytes() < MAX_CHUNK_BYTES) {
            byte[] frame = spool.reader().next();
            if (frame == null) {
                break;
            }
            Mark mark = spool.reader().mark();
            if (mark.place().isAfter(stored.place())) {
                String origin = PayloadFrame.origin(frame);
                chunk.add(new Chunk.Request(
                        frame, mark, origin == null ? mark.place().toString() : origin, refusal));
                refusal = null;
            } else {
                // It was stored, but not yet committed in the spool.
                skipped = mark;
            }
        }
        return chunk;
    }

    /**
     * Returns the results of the next requests; empty if there are none. The memory of all earlier results must have
     * been released. Blocks until they are processed.
     */
    List<Chunk.Result> next() throws InterruptedException {
        if (!hasMore()) {
            return List.of();
        }
        Chunk chunk = chunks.element();
        List<Chunk.Result> results = chunk.next();
        if (chunk.isDone()) {
            chunks.remove();
            bytes -= chunk.bytes();
        }
        return results;
    }

    /** Returns the position after the last request that was skipped because it is in the store; null if none was. */
    @Nullable
    Mark skipped() {
        return skipped;
    }

    /** Stops processing; nothing more is read. */
    void abandon() {
        chunks.forEach(Chunk::abandon);
    }
}
