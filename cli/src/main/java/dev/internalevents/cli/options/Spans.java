package dev.internalevents.cli.options;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.internalevents.cli.terminal.OneLine;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 90d}, {@code 36h}, {@code 15 minutes}, or in ISO 8601, {@code P90D}. */
final class Spans implements ITypeConverter<Duration> {

    /** A digit must be followed by a unit: without one, the library would take milliseconds. */
    private static final Pattern WITH_UNIT = Pattern.compile("-?[0-9.]+\\s*[a-z]+");

    private static final Pattern ISO = Pattern.compile("(?i)[+-]?p.*");
    private static final List<Unit> UNITS =
            List.of(new Unit(86_400, "day"), new Unit(3_600, "hour"), new Unit(60, "minute"), new Unit(1, "second"));

    private record Unit(long seconds, String name) {}

    @Override
    public Duration convert(String text) {
        return parse(text);
    }

    /** @throws TypeConversionException naming the text and what was expected */
    static Duration parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        try {
            if (ISO.matcher(lower).matches()) {
                return Duration.parse(text.strip());
            } else if (WITH_UNIT.matcher(lower).matches()) {
                return ConfigFactory.parseMap(Map.of("span", lower)).getDuration("span");
            }
        } catch (DateTimeException | ConfigException | ArithmeticException e) {
            // Reported below.
        }
        throw new TypeConversionException("\"" + OneLine.of(text)
                + "\" is not a duration; expected a number and a unit, for example 90d, 36h, 15m or 30s");
    }

    /** Returns a duration in the largest unit that divides it, for example {@code 36 hours}. */
    static String text(Duration span) {
        long seconds = span.toSeconds();
        for (Unit unit : UNITS) {
            if (seconds != 0 && seconds % unit.seconds == 0) {
                long count = seconds / unit.seconds;
                return count + " " + unit.name + (count == 1 ? "" : "s");
            }
        }
        return span.toMillis() + " milliseconds";
    }
}
