package dev.internalevents.pipeline;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.util.ArrayList;
import java.util.List;

/** The pieces of a text that is known to be JSON, as they were written: a name that is there twice is there twice. */
public final class JsonParts {

    private JsonParts() {}

    /**
     * A member of an object.
     *
     * @param name without quotes and escapes
     * @param value as it was written
     */
    public record Member(String name, String value) {

        /** The value if it is a string; what is none as it was written. */
        String text() {
            return value.startsWith("\"") ? plain(value) : value;
        }
    }

    /** The members of an object, in order; empty for what is no object. */
    public static List<Member> members(String json) {
        List<Member> members = new ArrayList<>();
        List<String> parts = json.stripLeading().startsWith("{") ? parts(json) : List.of();
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            members.add(new Member(plain(parts.get(i)), parts.get(i + 1)));
        }
        return members;
    }

    /** The elements of an array, in order; empty for what is no array. */
    static List<String> elements(String json) {
        return json.stripLeading().startsWith("[") ? parts(json) : List.of();
    }

    private static String plain(String quoted) {
        try {
            return String.valueOf(Json.parse(quoted));
        } catch (MalformedPayloadException e) {
            // Half a surrogate pair.
            return TextForms.unescaped(quoted.substring(1, quoted.length() - 1));
        }
    }

    /** What stands between the commas, and colons, of the outermost level. */
    private static List<String> parts(String json) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < json.length(); i++) {
            switch (json.charAt(i)) {
                case '"' -> i = endOfString(json, i);
                case '{', '[' -> from = ++depth == 1 ? i + 1 : from;
                case '}', ']' -> {
                    String last = --depth == 0 ? json.substring(from, i).strip() : "";
                    if (!last.isEmpty()) {
                        parts.add(last);
                    }
                }
                case ',', ':' -> {
                    if (depth == 1) {
                        parts.add(json.substring(from, i).strip());
                        from = i + 1;
                    }
                }
                default -> {
                    // Part of a value.
                }
            }
        }
        return parts;
    }

    private static int endOfString(String json, int begin) {
        int i = begin + 1;
        while (i < json.length() && json.charAt(i) != '"') {
            i += json.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }
}
