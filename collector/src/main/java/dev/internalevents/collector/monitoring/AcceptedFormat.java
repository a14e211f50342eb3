package dev.internalevents.collector.monitoring;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses the format of the metrics by the {@code Accept} header (RFC 9110, 12.5.1). The library's writers only search
 * the header for their name.
 */
final class AcceptedFormat {

    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String TEXT = "text/plain";

    /** The version that the library writes. */
    private static final String VERSION = "1.0.0";

    private static final int MAX_HEADER = 4_096;
    private static final int MAX_RANGES = 32;
    private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

    private AcceptedFormat() {}

    /**
     * Returns whether the header names OpenMetrics, in a version that can be answered, with a weight that is at least
     * that of plain text. A wildcard means plain text, which browsers show.
     */
    static boolean prefersOpenMetrics(String header) {
        if (header.length() > MAX_HEADER) {
            return false;
        }
        double openMetrics = 0;
        Weight text = new Weight(0, 0);
        for (String range : header.split(",", MAX_RANGES)) {
            String[] parts = range.split(";", -1);
            String type = parts[0].strip().toLowerCase(Locale.ROOT);
            double weight = weight(parts);
            if (type.equals(OPEN_METRICS) && isAnswerable(parts)) {
                openMetrics = Math.max(openMetrics, weight);
            }
            text = text.or(type, weight);
        }
        return openMetrics > 0 && openMetrics >= text.value;
    }

    /** The weight of plain text: a range that names it counts more than a wildcard. */
    private record Weight(int exactness, double value) {

        private Weight or(String type, double weight) {
            int exact = type.equals(TEXT) ? 3 : type.equals("text/*") ? 2 : type.equals("*/*") ? 1 : 0;
            if (exact == 0 || exact < exactness) {
                return this;
            }
            return new Weight(exact, exact == exactness ? Math.max(value, weight) : weight);
        }
    }

    private static boolean isAnswerable(String[] parts) {
        String version = parameter(parts, "version");
        return version.isEmpty() || version.equals(VERSION);
    }

    /** Returns the weight of a range; 1 if it has none, and 0 if it has an invalid one. */
    private static double weight(String[] parts) {
        String q = parameter(parts, "q");
        Matcher valid = WEIGHT.matcher(q);
        return q.isEmpty() ? 1 : valid.matches() ? Double.parseDouble(q) : 0;
    }

    private static String parameter(String[] parts, String name) {
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            if (pair.length == 2 && pair[0].strip().equalsIgnoreCase(name)) {
                return pair[1].strip().replace("\"", "");
            }
        }
        return "";
    }
}
