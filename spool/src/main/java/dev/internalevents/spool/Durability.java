package dev.internalevents.spool;

import java.time.Duration;

/** Defines what an appended frame survives. */
public sealed interface Durability {

    /**
     * Frames survive the end of the process, including {@code kill -9}, but not a crash of the machine. Appending never
     * waits.
     */
    record EndOfProcess() implements Durability {}

    /**
     * Frames survive a crash of the machine too, except those appended last. Appending never waits.
     *
     * @param every the maximum time between two writes to the disk; 1 ms or more
     */
    record Interval(Duration every) implements Durability {

        /** @throws IllegalArgumentException if the interval is shorter than a millisecond */
        public Interval {
            if (every.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("durability interval: " + every + " is shorter than 1 ms");
            }
            // The longest interval that still fits into a long of nanoseconds.
            every = every.compareTo(Duration.ofDays(36_500)) > 0 ? Duration.ofDays(36_500) : every;
        }
    }

    /**
     * Frames survive a crash of the machine: appending waits until the frame is on the disk; threads share one write.
     */
    record Disk() implements Durability {}

    static Durability process() {
        return new EndOfProcess();
    }

    static Durability interval(Duration every) {
        return new Interval(every);
    }

    static Durability disk() {
        return new Disk();
    }
}
