package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a registry answers at all, judged by the outcomes of its look-ups. It is unavailable if it cannot be reached,
 * or if several different keys failed in a row; then probes find out when it is back. Logs each change. Not
 * thread-safe, except {@link #away} and {@link #failing}.
 */
final class Availability {

    private static final Logger LOG = LoggerFactory.getLogger(LookUps.class);

    /**
     * After this many different keys failed in a row, with no answer in between, a probe tests whether all keys fail.
     */
    private static final int SUSPICIOUS = 3;

    private final String registry;
    private final LookUpLimits limits;

    private final Set<SchemaKey> failedInARow = new HashSet<>();
    private volatile @Nullable String away;
    /** What was wrong with the last look-up; null if it was answered. It was logged when it began. */
    private volatile @Nullable String failing;

    /** Whether the registry failed as a whole, not only for some keys. */
    private boolean failedAsAWhole;

    private int failedProbes;
    private @Nullable SchemaKey lastAnswered;

    /** @param registry the name used in messages */
    Availability(String registry, LookUpLimits limits) {
        this.registry = registry;
        this.limits = limits;
    }

    /** Returns why the registry counts as unavailable; null if it is available. */
    @Nullable
    String away() {
        return away;
    }

    /** Returns what was wrong with the last look-up; null if it was answered, or there was none. */
    @Nullable
    String failing() {
        return failing;
    }

    /** Returns the key that the registry answered last; null if there is none. */
    @Nullable
    SchemaKey lastAnswered() {
        return lastAnswered;
    }

    /**
     * Returns whether the next probe uses the key that was answered last, which distinguishes a registry that is
     * unavailable from one that cannot handle the waiting keys. Every second probe does not, because that key may fail
     * for its own reasons.
     */
    boolean isProbedWithAnsweredKey() {
        return failedProbes % 2 == 0;
    }

    /**
     * Must be called when a look-up got no usable answer.
     *
     * @param probe whether the look-up was a probe
     * @return the time after which to probe the registry; null if a probe is not needed, or was already requested
     */
    @Nullable
    Duration failed(SchemaKey key, Outcome.Away gone, boolean probe) {
        if (failing == null) {
            LOG.warn("the registry {} does not answer, and is tried again: {}", registry, gone.what());
        }
        failing = gone.what();
        if (failedInARow.size() < SUSPICIOUS) {
            failedInARow.add(key);
        }
        boolean wasAvailable = away == null;
        if (probe) {
            failedProbes++;
            failedAsAWhole = true;
            away = gone.what();
            return limits.backOff().pause(failedProbes, gone.retryAfter());
        } else if (gone.unreachable()) {
            failedAsAWhole = true;
            away = gone.what();
            return wasAvailable ? limits.backOff().pause(1, gone.retryAfter()) : null;
        } else if (failedInARow.size() >= SUSPICIOUS && wasAvailable) {
            away = gone.what();
            return Duration.ZERO;
        }
        return null;
    }

    /**
     * Must be called when a look-up was answered.
     *
     * @return whether the registry is back after it failed as a whole
     */
    boolean answered(SchemaKey key) {
        lastAnswered = key;
        if (failing != null) {
            failing = null;
            LOG.info("the registry {} answers again", registry);
        }
        boolean back = failedAsAWhole;
        failedInARow.clear();
        away = null;
        failedAsAWhole = false;
        failedProbes = 0;
        return back;
    }
}
