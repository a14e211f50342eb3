package dev.internalevents.cli.options;

import dev.internalevents.cli.terminal.OneLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the text of an option to a port; 0 stands for any free one. */
public final class Port implements ITypeConverter<Integer> {

    private static final int MAX = 65_535;

    @Override
    public Integer convert(String text) {
        try {
            int port = Digits.whole(text.strip(), Integer::parseInt);
            if (port >= 0 && port <= MAX) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new TypeConversionException("\"" + OneLine.of(text)
                + "\" is not a port; expected a number from 1 to 65535, or 0 for any free port");
    }
}
