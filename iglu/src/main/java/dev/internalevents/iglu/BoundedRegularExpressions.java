package dev.internalevents.iglu;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions of schemas, matched against untrusted strings. An expression that backtracks too long is aborted
 * and counts as not matching.
 */
final class BoundedRegularExpressions implements RegularExpressionFactory {

    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_STEPS = 2_000_000;

    @Override
    public RegularExpression getRegularExpression(String regex) {
        if (regex.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a pattern has " + regex.length() + " characters, expected " + MAX_LENGTH + " at most");
        }
        try {
            // ECMA's \\Z and (?<name>) differ slightly from Java's; in ECMA, $ is the end of the text.
            Pattern pattern = Pattern.compile(regex);
            return value -> matches(pattern, value);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the pattern \"" + regex + "\" is not a valid regular expression: " + e.getDescription(), e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException("a pattern is nested too deeply", e);
        }
    }

    private static boolean matches(Pattern pattern, String value) {
        try {
            return pattern.matcher(new Counted(value, 0, value.length(), new AtomicInteger()))
                    .find();
        } catch (TooManySteps | StackOverflowError e) {
            return false;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1;

        private TooManySteps() {
            super("too many steps", null, false, false);
        }
    }

    /** A text that counts how often its characters are read. */
    private record Counted(String text, int from, int to, AtomicInteger steps) implements CharSequence {

        @Override
        public char charAt(int index) {
            if (steps.incrementAndGet() > MAX_STEPS) {
                throw new TooManySteps();
            }
            return text.charAt(from + index);
        }

        @Override
        public int length() {
            return to - from;
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text, from + start, from + end, steps);
        }

        @Override
        public String toString() {
            return text.substring(from, to);
        }
    }
}
