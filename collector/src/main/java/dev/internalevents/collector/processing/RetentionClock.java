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
 * The clock that events are aged by: the machine's, unless it jumped. It is looked at about once a minute, and each look
 * is noted in a file. If the clock is more than a day away from what the last look and the time since let expect, in
 * either direction, nothing is removed for its age for 24 hours of running time, which leaves time to set the clock
 * right. For one thread at a time, which is the processing thread.
 */
final class RetentionClock implements Ages, AutoCloseable {

    /** The largest jump that is believed. */
    static final Duration MAX_JUMP = Duration.ofDays(1);

    /** How long removal is paused, in time that the collector runs. */
    static final Duration PAUSE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(RetentionClock.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final String VERSION = "1";

    /** An age is exact to this share of what is kept, for events whose own time is wrong. */
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

    /** Events ahead of the clock up to a number were in the store at a time. */
    private record Found(long number, Instant at) {}

    /**
     * Reads what was noted before.
     *
     * @param file for the notes; null for a collector in memory
     * @param keep how long the events are kept that are kept longest
     * @param wall the time of day
     * @param nanos a time that runs evenly, in nanoseconds, as {@link System#nanoTime}
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

    /** Whether it is time for a look: a minute after the last, or at once when the clock has jumped. */
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
     * Looks at the clock, and notes what it says.
     *
     * @param newest the time of the newest event in the store, which the first look of a folder without notes compares
     *     the clock with; null if there is none
     */
    void look(@Nullable Instant newest) {
        long at = nanos.getAsLong();
        Duration ran = isStarted ? Duration.ofNanos(at - lookedAt) : Duration.ZERO;
        Instant last = noted == null ? newest : noted;
        Instant time = wall.instant();
        if (isPaused()) {
            pause = pause.minus(ran);
            if (!isPaused()) {
                LOG.info("removal of old events goes on: the clock says {}", time);
            }
        }
        if (last != null) {
            Duration jump = Duration.between(last.plus(ran), time);
            // A machine that is off more than it is on would never get through a pause that each start begins anew.
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
                "the clock says {}, and said {} when it was looked at last: no event and no request is removed for its age"
                        + " until the collector has run for {} hours. If the clock is right, nothing has to be done; if it"
                        + " is wrong, set it before",
                time,
                last,
                PAUSE.toHours());
    }

    /** Whether nothing is removed for its age, because the clock jumped. */
    boolean isPaused() {
        return pause.compareTo(Duration.ZERO) > 0;
    }

    @Override
    public @Nullable Instant now() {
        return isPaused() ? null : now;
    }

    /** The earliest of the times that may be right now: events are looked for from here on back. */
    Instant earliest() {
        Instant time = wall.instant();
        Instant before = beforeJump;
        return before != null && before.isBefore(time) ? before : time;
    }

    // Events from the future

    /**
     * Notes which events are ahead of the clock; does nothing while removal is paused.
     *
     * @param newestAhead the highest number among them; 0 if there are none
     * @param keep how long the events are kept that are kept longest
     */
    void foundAhead(long newestAhead, Duration keep) {
        Instant time = now();
        if (time == null) {
            return;
        }
        // Notes that were made under a clock that was itself ahead, and believed.
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
                        // The version, and the end.
                    }
                }
            }
        } catch (DateTimeException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            LOG.warn("the notes of the clock cannot be read, and are made again: {}", e.toString());
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
