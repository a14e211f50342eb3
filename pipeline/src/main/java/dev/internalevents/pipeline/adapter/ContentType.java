package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.Excerpt;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks the content types of bodies, ignoring letter case and spaces. */
final class ContentType {

    private static final String JSON = "application/json";
    private static final String JSON_UTF_8 = "application/json; charset=utf-8";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int MAX_SHOWN = 100;

    private ContentType() {}

    /** Returns whether it is {@code application/json}, with or without {@code charset=utf-8}. */
    static boolean isJson(@Nullable String header) {
        return header != null && (header.equals(JSON_UTF_8) || header.equals(JSON) || is(header, JSON, true));
    }

    /** Returns whether it is {@code application/x-www-form-urlencoded} without parameters. */
    static boolean isForm(@Nullable String header) {
        return header != null && is(header, FORM, false);
    }

    /** Returns whether it begins like that of a form, whatever follows. */
    static boolean isAnyForm(@Nullable String header) {
        return header != null && header.strip().toLowerCase(Locale.ROOT).startsWith(FORM);
    }

    private static boolean is(String header, String type, boolean mayHaveCharset) {
        String[] parts = header.split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase(type)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            if (!parts[i].isBlank() && !(mayHaveCharset && isUtf8(parts[i]))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUtf8(String parameter) {
        int equals = parameter.indexOf('=');
        if (equals < 0 || !parameter.substring(0, equals).strip().equalsIgnoreCase("charset")) {
            return false;
        }
        String value = parameter.substring(equals + 1).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return (quoted ? value.substring(1, value.length() - 1) : value).equalsIgnoreCase("utf-8");
    }

    /** Returns the content type that was found, for an error message. */
    static String found(@Nullable String header) {
        return header == null || header.isBlank() ? "it is missing" : "it is \"" + shown(header) + "\"";
    }

    private static String shown(String header) {
        return Excerpt.of(header, MAX_SHOWN);
    }
}
