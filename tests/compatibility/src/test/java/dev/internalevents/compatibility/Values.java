package dev.internalevents.compatibility;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces {@code ${…}} in rules: long texts, the current time, base64 and nested objects. */
final class Values {

    private static final Pattern REPEATED = Pattern.compile("\\$\\{(\\w)\\*(\\d+)}");
    private static final Pattern NESTED = Pattern.compile("\\$\\{nested\\*(\\d+)}");
    private static final Pattern NOW = Pattern.compile("\\$\\{now(?:\\+(\\d+))?}");
    private static final Pattern LINES = Pattern.compile("\\$\\{base64lines:(.*)}", Pattern.DOTALL);

    private final long now = System.currentTimeMillis();

    private int visitor = 1;

    /** Sets the value of {@code ${n}}. */
    Values ofVisitor(int number) {
        visitor = number;
        return this;
    }

    String in(String text) {
        String whole = replaced(
                REPEATED,
                text.replace("${n}", String.valueOf(visitor)),
                found -> found.group(1).repeat(Integer.parseInt(found.group(2))));
        whole = replaced(NESTED, whole, found -> {
            int depth = Integer.parseInt(found.group(1));
            return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
        });
        whole = replaced(
                NOW,
                whole,
                found -> String.valueOf(now + (found.group(1) == null ? 0 : Long.parseLong(found.group(1)))));
        return replaced(
                LINES,
                whole,
                found -> Base64.getMimeEncoder().encodeToString(found.group(1).getBytes(StandardCharsets.UTF_8)));
    }

    private static String replaced(
            Pattern pattern, String text, java.util.function.Function<Matcher, String> replacement) {
        return pattern.matcher(text).replaceAll(found -> Matcher.quoteReplacement(replacement.apply((Matcher) found)));
    }
}
