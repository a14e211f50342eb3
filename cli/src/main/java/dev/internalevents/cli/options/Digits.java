package dev.internalevents.cli.options;

import java.util.function.Function;
import java.util.regex.Pattern;

/** Numbers in ASCII digits. The JDK's parsers also accept the digits of other scripts and a plus sign. */
public final class Digits {

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    private static final Pattern DECIMAL = Pattern.compile("-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    private Digits() {}

    /** Returns whether a text is a whole number, of any size. */
    static boolean isWhole(String text) {
        return WHOLE.matcher(text).matches();
    }

    /**
     * Returns the whole number in a text.
     *
     * @param parser for example {@code Long::parseLong}
     * @throws NumberFormatException if the text is not a whole number, or too large for the parser
     */
    public static <T> T whole(String text, Function<String, T> parser) {
        if (!isWhole(text)) {
            throw new NumberFormatException(text);
        }
        return parser.apply(text);
    }

    /**
     * Returns the number in a text, such as {@code 12}, {@code 2.5} or {@code 1e3}.
     *
     * @throws NumberFormatException if the text is not a number
     */
    static double decimal(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new NumberFormatException(text);
        }
        return Double.parseDouble(text);
    }
}
