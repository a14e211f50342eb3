package dev.internalevents.junit;

import dev.internalevents.client.EventDetails;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.function.Executable;

/**
 * What some code tracked and counted: until it ended, or until now if there is a time to wait. Used only by the test's
 * thread.
 */
final class Observation {

    /** Longer waits are cut to this: their nanoseconds would not fit into a long. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final TestTracking test;
    private final int firstEvent;
    private final int firstRefusal;
    private final Map<String, BigDecimal> before;
    private final List<EventDetails> tracked;
    private final Map<String, BigDecimal> after;
    private final long ended;
    private Duration wait;

    private Observation(TestTracking test, Executable code, Duration wait) {
        this.test = test;
        this.wait = wait;
        this.firstEvent = test.events().size();
        this.firstRefusal = test.refusals();
        this.before = test.values();
        run(code);
        this.tracked = since();
        this.after = test.values();
        this.ended = System.nanoTime();
    }

    /** Runs the code. Its exceptions are rethrown, checked ones as the cause of an {@link AssertionError}. */
    static Observation of(Executable code, TestTracking test, Duration wait) {
        return new Observation(test, code, wait);
    }

    private static void run(Executable code) {
        try {
            code.execute();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("the code threw " + e, e);
        }
    }

    TestTracking test() {
        return test;
    }

    Duration time() {
        return wait;
    }

    /** Sets how long to wait for events of other threads, measured from the end of the code. */
    void waitFor(Duration time) {
        this.wait = time;
    }

    private boolean isWaiting() {
        return !wait.isZero();
    }

    List<EventDetails> tracked() {
        return isWaiting() ? since() : tracked;
    }

    private List<EventDetails> since() {
        List<EventDetails> all = test.events().all();
        return all.subList(firstEvent, all.size());
    }

    List<String> refused() {
        return test.refusedSince(firstRefusal);
    }

    BigDecimal before(String keyPath) {
        return Objects.requireNonNullElse(before.get(keyPath), BigDecimal.ZERO);
    }

    BigDecimal after(String keyPath) {
        return isWaiting() ? test.value(keyPath) : Objects.requireNonNullElse(after.get(keyPath), BigDecimal.ZERO);
    }

    /**
     * Blocks until the condition is met or the time is up. Tests the condition again after each event. Returns early if
     * interrupted.
     */
    void await(BooleanSupplier decided) {
        if (!isWaiting()) {
            return;
        }
        try {
            boolean more = true;
            while (more) {
                int seen = test.events().size();
                if (decided.getAsBoolean()) {
                    return;
                }
                more = test.events().awaitMoreThan(seen, nanosLeft());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long nanos(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : time.toNanos();
    }

    private long nanosLeft() {
        return nanos(wait) - (System.nanoTime() - ended);
    }
}
