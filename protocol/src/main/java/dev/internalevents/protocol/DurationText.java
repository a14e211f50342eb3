package dev.internalevents.protocol;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;

/** Durations for messages, as people write them: {@code 90d}, {@code 36h}, {@code 100ms}. */
public final class DurationText {

    private static final List<Unit> UNITS = List.of(
            new Unit("d", 86_400_000_000_000L),
            new Unit("h", 3_600_000_000_000L),
            new Unit("m", 60_000_000_000L),
            new Unit("s", 1_000_000_000L),
            new Unit("ms", 1_000_000L),
            new Unit("us", 1_000L));

    private record Unit(String name, long nanos) {}

    private DurationText() {}

    /**
     * Returns a duration as a number and the largest unit that divides it, so that it can be passed to an option:
     * {@code 90s} for a minute and a half, {@code 0s} for zero, {@code -1s} for a negative one.
     */
    public static String of(Duration duration) {
        // The nanoseconds of some durations exceed a long.
        BigInteger nanos = BigInteger.valueOf(duration.getSeconds())
                .multiply(BigInteger.valueOf(1_000_000_000L))
                .add(BigInteger.valueOf(duration.getNano()));
        if (nanos.signum() == 0) {
            return "0s";
        }
        for (Unit unit : UNITS) {
            BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(unit.nanos()));
            if (parts[1].signum() == 0) {
                return parts[0] + unit.name();
            }
        }
        return nanos + "ns";
    }
}
