package dev.internalevents.collector.intake;

import io.vertx.core.http.HttpServerRequest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The network user of a request: its cookie's id or a new one; nobody for an anonymous request. */
record NetworkUser(@Nullable String id) {

    private static final int MAX_LENGTH = 128;

    static NetworkUser of(HttpServerRequest request) {
        if (request.getHeader("SP-Anonymous") != null) {
            return new NetworkUser(null);
        }
        String fromQuery = request.getParam("nuid");
        if (isUsable(fromQuery)) {
            return new NetworkUser(fromQuery);
        }
        String fromCookie =
                request.getCookie("sp") == null ? null : request.getCookie("sp").getValue();
        return new NetworkUser(
                isUsable(fromCookie) ? fromCookie : UUID.randomUUID().toString());
    }

    boolean isAnonymous() {
        return id == null;
    }

    @Nullable
    String cookie() {
        return id == null
                ? null
                : "sp=" + id + "; Max-Age=31536000; Expires=" + inAYear() + "; Path=/; Secure; HttpOnly; SameSite=None";
    }

    private static String inAYear() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusDays(365));
    }

    /** It goes back into a header: no character that could end a cookie. */
    private static boolean isUsable(@Nullable String id) {
        return id != null
                && !id.isEmpty()
                && id.length() <= MAX_LENGTH
                && id.chars()
                        .allMatch(c -> (Character.isLetterOrDigit(c) && c < 0x80) || c == '-' || c == '_' || c == '.');
    }
}
