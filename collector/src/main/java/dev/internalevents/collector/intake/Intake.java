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

/** Puts requests into the spool, and says when they are as safe as its durability promises. Never blocks. */
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

    /** What a request's sender is told. */
    public interface Answer {

        /** It is safe. */
        void taken();

        /** It is not; it may be sent again. */
        void refused(String reason);
    }

    public Intake(Spool spool, Processor processor, IntakeLoad load) {
        this.spool = spool;
        this.load = load;
        this.processor = processor;
    }

    /**
     * Takes a request.
     *
     * @param context whose thread the answer is given on; the caller's
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
        // An anonymous sender's events may name its address; it is left out when they are processed.
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

    /** Senders try again many times a second; the operator is told once in a while. */
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
            case TOO_LARGE -> "the request is larger than the spool takes";
            case CLOSED -> "the collector is stopping";
            default -> "the spool cannot be written";
        };
    }

    /** Refuses everything from now on. */
    public void stop() {
        stopped = true;
    }

    /** Whether a request would be taken now. */
    public boolean isOpen() {
        return !stopped && spool.state() instanceof SpoolState.Ready;
    }

    /** Requests that were taken since the start. */
    public long received() {
        return received.sum();
    }

    /** Requests that were refused since the start because they could not be kept. */
    public long refused() {
        return refused.sum();
    }

    /** Bytes that the spool's files have. */
    public long spoolBytes() {
        return spool.sizeOnDisk();
    }
}
