package dev.internalevents.collector.intake;

import dev.internalevents.collector.processing.IntakeLoad;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.spool.Appended;
import dev.internalevents.spool.Kept;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolState;
import io.vertx.core.Context;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends requests to the spool and reports when they are as safe as its durability promises. Never blocks. */
public final class Intake {

    private final Spool spool;
    private final Processor processor;
    private final IntakeLoad load;
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final long WARN_NANOS = 60_000_000_000L;

    private final AtomicLong warned = new AtomicLong(System.nanoTime() - 2 * WARN_NANOS);
    private final LongAdder received = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile boolean stopped;

    /** Receives the outcome of a request, to answer its sender. */
    public interface Answer {

        /** The request is stored safely. */
        void taken();

        /** The request is not stored; the sender may retry. */
        void refused(String reason);
    }

    public Intake(Spool spool, Processor processor, IntakeLoad load) {
        this.spool = spool;
        this.load = load;
        this.processor = processor;
    }

    /**
     * Stores a request in the spool.
     *
     * @param context the caller's context; the answer runs on its thread
     */
    public void take(CollectorPayload payload, Context context, Answer answer) {
        if (stopped) {
            refused.increment();
            answer.refused("the collector is stopping");
            return;
        }
        byte[] frame = PayloadFrame.encode(payload);
        processor.expect();
        load.begin();
        AnswerQueue answers = AnswerQueue.of(context, load);
        Kept kept = safe -> {
            processor.wake();
            answers.add(() -> answered(safe, answer));
        };
        // Events of an anonymous sender may contain its address, which processing removes.
        Appended appended = spool.append(frame, 0, frame.length, kept, payload.isAnonymous());
        if (appended != Appended.YES) {
            load.end();
            processor.refused();
            refused.increment();
            String reason = reason(appended);
            warn(reason);
            answer.refused(reason);
        }
    }

    private void answered(boolean safe, Answer answer) {
        if (safe) {
            received.increment();
            answer.taken();
        } else {
            refused.increment();
            answer.refused("the disk cannot be written");
        }
    }

    /** Logs a rejection, at most once a minute, because senders retry many times a second. */
    private void warn(String reason) {
        long now = System.nanoTime();
        long last = warned.get();
        if (now - last > WARN_NANOS && warned.compareAndSet(last, now)) {
            LOG.warn("requests are refused with 503, and senders try again: {}", reason);
        }
    }

    private String reason(Appended appended) {
        SpoolState state = spool.state();
        if (state instanceof SpoolState.Unavailable unavailable) {
            return unavailable.reason();
        }
        return switch (appended) {
            case FULL -> "the spool is full";
            case TOO_LARGE -> "the request is too large for the spool";
            case CLOSED -> "the collector is stopping";
            default -> "the spool cannot be written";
        };
    }

    /** Rejects all requests from now on. */
    public void stop() {
        stopped = true;
    }

    /** Returns whether requests are currently accepted. */
    public boolean isOpen() {
        return !stopped && spool.state() instanceof SpoolState.Ready;
    }

    /** Returns the number of requests accepted since the start. */
    public long received() {
        return received.sum();
    }

    /** Returns the number of requests rejected since the start because they could not be stored. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the total size of the spool's files. */
    public long spoolBytes() {
        return spool.sizeOnDisk();
    }
}
