package dev.internalevents.spool;

import java.time.Duration;

/** What an appended frame survives. */
public sealed interface Durability {

    /** The end of the process, {@code kill -9} included; not that of the machine. Appending waits for nothing. */
    record EndOfProcess() implements Durability {}

    /**
     * The end of the machine too, but for the frames of the last moments. Appending waits for nothing.
     *
     * @param every the most that passes between two writes to the disk; 1 ms or more
     */
    record Interval(Duration every) implements Durability {

        /** @throws IllegalArgumentException when it is shorter than a millisecond */
        public Interval {
            if (every.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("durability interval: " + every + " is shorter than 1 ms");
            }
            // As good as forever, and short enough for a long of nanoseconds.
            every = every.compareTo(Duration.ofDays(36_500)) > 0 ? Duration.ofDays(36_500) : every;
        }
    }

    /** The end of the machine: appending waits until the disk has the frame, together with those of other threads. */
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
