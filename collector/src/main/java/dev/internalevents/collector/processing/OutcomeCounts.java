package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the outcomes of events since the start. The processing thread counts, other threads read; a transaction's
 * events are added when it is committed.
 */
public final class OutcomeCounts {

    private final AtomicLong good = new AtomicLong();
    private final AtomicLong duplicates = new AtomicLong();
    private final Map<Failure.Step, AtomicLong> failed = new EnumMap<>(Failure.Step.class);
    private final AtomicLong leftOut = new AtomicLong();
    private final AtomicLong lagMillis = new AtomicLong();
    private final Map<Failure.Step, Long> failedNow = new EnumMap<>(Failure.Step.class);
    private long goodNow;
    private long duplicatesNow;
    private Instant newest = Instant.EPOCH;

    OutcomeCounts() {
        for (Failure.Step step : Failure.Step.values()) {
            failed.put(step, new AtomicLong());
        }
    }

    void begin() {
        goodNow = 0;
        duplicatesNow = 0;
        failedNow.clear();
    }

    void kept(StoredEvent event) {
        if (event.event() instanceof FailedEvent failure) {
            failedNow.merge(failure.failures().get(0).step(), 1L, Long::sum);
        } else {
            goodNow++;
        }
        newest = event.event().payload().context().timestamp();
    }

    void duplicate() {
        duplicatesNow++;
    }

    void leftOut() {
        leftOut.incrementAndGet();
    }

    /** Returns the number of events that could not be stored, not even as failed ones. */
    public long eventsLeftOut() {
        return leftOut.get();
    }

    void committed() {
        good.addAndGet(goodNow);
        duplicates.addAndGet(duplicatesNow);
        failedNow.forEach((step, count) -> failedOf(step).addAndGet(count));
        if (goodNow > 0 || !failedNow.isEmpty()) {
            lagMillis.set(Math.max(0, Duration.between(newest, Instant.now()).toMillis()));
        }
    }

    void idle() {
        lagMillis.set(0);
    }

    private AtomicLong failedOf(Failure.Step step) {
        AtomicLong count = failed.get(step);
        if (count == null) {
            throw new IllegalStateException("no counter for " + step);
        }
        return count;
    }

    public long good() {
        return good.get();
    }

    /** Returns the number of events that had been seen before. */
    public long duplicates() {
        return duplicates.get();
    }

    /** Returns the number of failed events whose first failure is of a step. */
    public long failed(Failure.Step step) {
        return failedOf(step).get();
    }

    /** Returns how long the newest event in the store had waited when it was stored; 0 when there is no backlog. */
    public Duration lag() {
        return Duration.ofMillis(lagMillis.get());
    }
}
