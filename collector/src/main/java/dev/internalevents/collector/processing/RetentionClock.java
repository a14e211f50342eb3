package dev.internalevents.collector.processing;

import dev.internalevents.store.Ages;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock by which events age: the machine's, unless it jumped. It is checked about once a minute, and each check is
 * recorded in a file. If the clock differs by more than a day, in either direction, from the last check plus the time
 * since, nothing is removed because of its age for 24 hours of running time, which leaves time to correct the clock.
 * Used by one thread at a time, the processing thread.
 */
final class RetentionClock implements Ages, AutoCloseable {

    /** The largest jump that is accepted as correct. */
    static final Duration MAX_JUMP = Duration.ofDays(1);

    /** How long removal is paused, in running time of the collector. */
    static final Duration PAUSE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(RetentionClock.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final String VERSION = "1";

    /** For events whose own time is wrong, ages are exact to the retention time divided by this number, or to a day. */
    private static final int SHARES = 50;

    private final InstantSource wall;
    private final LongSupplier nanos;
    private final @Nullable SmallFile file;
    private final Duration findEvery;
    private final Deque<Found> found = new ArrayDeque<>();
    private @Nullable Instant noted;
    private @Nullable Instant beforeJump;
    private Duration pause = Duration.ZERO;
    private Instant now = Instant.EPOCH;
    private long lookedAt;
    private boolean isStarted;

    /** Records that the events ahead of the clock with up to this number were in the store at a time. */
    private record Found(long number, Instant at) {}

    /**
     * Reads the record of earlier checks.
     *
     * @param file the file for the record; null for a collector in memory
     * @param keep the longest time for which events or requests are stored
     * @param wall the time of day
     * @param nanos a monotonic time in nanoseconds, such as {@link System#nanoTime}
     */
    RetentionClock(@Nullable SmallFile file, Duration keep, InstantSource wall, LongSupplier nanos) {
        this.file = file;
        this.wall = wall;
        this.nanos = nanos;
        Duration share = keep.dividedBy(SHARES);
        this.findEvery = share.compareTo(MAX_JUMP) > 0 ? share : MAX_JUMP;
        String text = file == null ? null : file.read();
        if (text != null) {
            parse(text);
        }
    }

    /** Returns whether a check is due: a minute after the last one, or immediately when the clock has jumped. */
    boolean isDue() {
        Instant last = noted;
        if (!isStarted || last == null) {
            return true;
        }
        long ran = nanos.getAsLong() - lookedAt;
        return ran >= LOOK_EVERY.toNanos()
                || Duration.between(last.plusNanos(ran), wall.instant()).abs().compareTo(MAX_JUMP) > 0;
    }

    /**
     * Checks the clock and records its time.
     *
     * @param newest the time of the newest event in the store, with which the first check compares the clock if there
     *     is no record; null if there is none
     */
    void look(@Nullable Instant newest) {
        long at = nanos.getAsLong();
        Duration ran = isStarted ? Duration.ofNanos(at - lookedAt) : Duration.ZERO;
        Instant last = noted == null ? newest : noted;
        Instant time = wall.instant();
        if (isPaused()) {
            pause = pause.minus(ran);
            if (!isPaused()) {
                LOG.info("removal of old events resumes: the clock says {}", time);
            }
        }
        if (last != null) {
            Duration jump = Duration.between(last.plus(ran), time);
            // If each start restarted the pause, it would never end on a machine that is off more than on.
            boolean isAfterStop = !isStarted && isPaused() && !jump.isNegative();
            if (jump.abs().compareTo(MAX_JUMP) > 0 && !isAfterStop) {
                pause(last, time);
            }
        }
        if (!isPaused()) {
            beforeJump = null;
        }
        now = time;
        noted = time;
        lookedAt = at;
        isStarted = true;
        write();
    }

    private void pause(Instant last, Instant time) {
        if (beforeJump == null || last.isBefore(beforeJump)) {
            beforeJump = last;
        }
        pause = PAUSE;
        LOG.warn(
                "the clock says {}, and said {} at the last check: no event and no request is removed because of its"
                        + " age until the collector has run for {} hours. If the clock is right, do nothing; if it is"
                        + " wrong, correct it before then",
                time,
                last,
                PAUSE.toHours());
    }

    /** Returns whether removal by age is paused because the clock jumped. */
    boolean isPaused() {
        return pause.compareTo(Duration.ZERO) > 0;
    }

    @Override
    public @Nullable Instant now() {
        return isPaused() ? null : now;
    }

    /** Returns the earliest time that may be the correct time now; deduplication looks back from it. */
    Instant earliest() {
        Instant time = wall.instant();
        Instant before = beforeJump;
        return before != null && before.isBefore(time) ? before : time;
    }

    // Events from the future

    /**
     * Records which events are ahead of the clock; does nothing while removal is paused.
     *
     * @param newestAhead the greatest number among them; 0 if there are none
     * @param keep the longest time for which events or requests are stored
     */
    void foundAhead(long newestAhead, Duration keep) {
        Instant time = now();
        if (time == null) {
            return;
        }
        // Remove entries recorded while the clock itself was ahead and trusted.
        found.removeIf(one -> Ages.isAhead(one.at(), time));
        Instant expired = time.minus(keep);
        while (found.size() > 1 && second().at().isBefore(expired)) {
            found.removeFirst();
        }
        Found last = found.peekLast();
        boolean isNew = newestAhead > (last == null ? 0 : last.number());
        if (isNew && (last == null || !last.at().plus(findEvery).isAfter(time))) {
            found.addLast(new Found(newestAhead, time));
            write();
        }
    }

    private Found second() {
        return found.stream().skip(1).findFirst().orElseThrow();
    }

    @Override
    public long foundBefore(Instant time) {
        long number = 0;
        for (Found one : found) {
            if (one.at().isBefore(time)) {
                number = Math.max(number, one.number());
            }
        }
        return number;
    }

    // The file

    private void write() {
        Instant time = noted;
        if (file == null || time == null) {
            return;
        }
        StringBuilder text = new StringBuilder(VERSION + "\n")
                .append("noted ")
                .append(time)
                .append('\n')
                .append("paused ")
                .append(isPaused() ? pause : Duration.ZERO)
                .append('\n');
        if (beforeJump != null) {
            text.append("before ").append(beforeJump).append('\n');
        }
        found.forEach(one -> text.append("ahead ")
                .append(one.number())
                .append(' ')
                .append(one.at())
                .append('\n'));
        file.write(text.toString());
    }

    private void parse(String text) {
        String[] lines = text.split("\n", -1);
        if (!lines[0].equals(VERSION)) {
            return;
        }
        try {
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "noted" -> noted = Instant.parse(words[1]);
                    case "paused" -> pause = Duration.parse(words[1]);
                    case "before" -> beforeJump = Instant.parse(words[1]);
                    case "ahead" -> found.addLast(new Found(Long.parseLong(words[1]), Instant.parse(words[2])));
                    default -> {
                        // The version, and the empty last line.
                    }
                }
            }
        } catch (DateTimeException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            LOG.warn("the clock file cannot be read, and is written again: {}", e.toString());
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
