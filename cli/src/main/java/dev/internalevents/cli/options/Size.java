package dev.internalevents.cli.options;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.internalevents.cli.terminal.OneLine;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the text of an option to bytes: a number of megabytes (of 1,048,576 bytes), or one with a unit. */
final class Size implements ITypeConverter<Long> {

    private static final int MEGABYTE_BITS = 20;

    @Override
    public Long convert(String text) {
        String size = text.strip().toUpperCase(Locale.ROOT);
        try {
            if (size.matches("[0-9]+")) {
                long megabytes = Long.parseLong(size);
                if (megabytes <= Long.MAX_VALUE >> MEGABYTE_BITS) {
                    return megabytes << MEGABYTE_BITS;
                }
            } else if (size.matches("[0-9.]+\\s*[KMGT](B|IB)?")) {
                String unit = size.replace("IB", "B").replaceFirst("B$", "").replaceFirst("\\s", "");
                return ConfigFactory.parseMap(Map.of("size", unit))
                        .getMemorySize("size")
                        .toBytes();
            }
        } catch (IllegalArgumentException | ConfigException e) {
            // Reported below.
        }
        throw new TypeConversionException(
                "\"" + OneLine.of(text)
                        + "\" is not a size; expected a number of megabytes, for example 500, or one with a unit, such as 50GB");
    }
}
