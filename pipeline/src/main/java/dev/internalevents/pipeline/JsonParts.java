package dev.internalevents.pipeline;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.util.ArrayList;
import java.util.List;

/** Splits a text that is known to be JSON into its parts, as they were written; duplicate names are preserved. */
public final class JsonParts {

    private JsonParts() {}

    /**
     * A member of an object.
     *
     * @param name without quotes and escapes
     * @param value as it was written
     */
    public record Member(String name, String value) {

        /** Returns the value without quotes and escapes if it is a string, otherwise as it was written. */
        String text() {
            return value.startsWith("\"") ? plain(value) : value;
        }
    }

    /** Returns the members of an object, in order; empty if it is not an object. */
    public static List<Member> members(String json) {
        List<Member> members = new ArrayList<>();
        List<String> parts = json.stripLeading().startsWith("{") ? parts(json) : List.of();
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            members.add(new Member(plain(parts.get(i)), parts.get(i + 1)));
        }
        return members;
    }

    /** Returns the elements of an array, in order; empty if it is not an array. */
    static List<String> elements(String json) {
        return json.stripLeading().startsWith("[") ? parts(json) : List.of();
    }

    private static String plain(String quoted) {
        try {
            return String.valueOf(Json.parse(quoted));
        } catch (MalformedPayloadException e) {
            // An unpaired surrogate.
            return TextForms.unescaped(quoted.substring(1, quoted.length() - 1));
        }
    }

    /** Returns the texts between commas and colons of the outermost level. */
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
