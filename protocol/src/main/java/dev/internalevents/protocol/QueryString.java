package dev.internalevents.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parses the query string of a tracker's request. */
public final class QueryString {

    private QueryString() {}

    /**
     * Parses a query such as {@code e=pv&page=A%20title}. If a name is repeated, its last value counts. Escaped bytes
     * that are not UTF-8 are replaced by U+FFFD.
     *
     * @param query without the leading {@code ?}
     * @throws MalformedPayloadException if a {@code %} is not followed by two hexadecimal digits
     */
    public static TrackerPayload parse(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            parameters.put(unescape(name), equals < 0 ? "" : unescape(pair.substring(equals + 1)));
        }
        return new TrackerPayload(parameters);
    }

    private static String unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '+') {
                bytes.write(' ');
            } else if (raw[i] != '%') {
                bytes.write(raw[i]);
            } else {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new MalformedPayloadException("the query string has a % that is not followed by two"
                            + " hexadecimal digits: \"" + Abbreviated.of(text) + "\"");
                }
                bytes.write(high << 4 | low);
                i += 2;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
