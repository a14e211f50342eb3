package dev.internalevents.collector.intake;

import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.QueryString;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The network user of a request: the id from its {@code nuid} parameter or its cookie, or else a new one. All anonymous
 * requests share one id, the same as in Snowplow.
 *
 * @param cookies what to do with the cookie
 */
record NetworkUser(String id, Cookies cookies) {

    private static final String ANONYMOUS = "00000000-0000-0000-0000-000000000000";

    enum Cookies {
        SET,
        NONE,
        /** An anonymous request came with a cookie, which the browser must delete. */
        END
    }

    private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=None";

    private static final int MAX_LENGTH = 128;
    private static volatile Expiry expiry = new Expiry(0, "");

    static NetworkUser of(HttpServerRequest request) {
        if (request.getHeader("SP-Anonymous") != null) {
            return new NetworkUser(ANONYMOUS, cookie(request) == null ? Cookies.NONE : Cookies.END);
        }
        String known = usable(nuid(request));
        if (known == null) {
            known = usable(cookie(request));
        }
        return new NetworkUser(known == null ? UUID.randomUUID().toString() : known, Cookies.SET);
    }

    private static @Nullable String cookie(HttpServerRequest request) {
        Cookie cookie = request.headers().contains(HttpHeaders.COOKIE) ? request.getCookie("sp") : null;
        return cookie == null ? null : cookie.getValue();
    }

    /** Parses the query only if it can contain {@code nuid}; most requests have no query. */
    private static @Nullable String nuid(HttpServerRequest request) {
        String query = request.query();
        return query == null || !query.contains("nuid=") ? null : nuid(query);
    }

    /** Returns the last {@code nuid}, as for the event; null if there is none or the query is malformed. */
    private static @Nullable String nuid(String query) {
        try {
            return QueryString.parse(query).get("nuid");
        } catch (MalformedPayloadException e) {
            return null;
        }
    }

    /** Returns the value of {@code Set-Cookie}; null for no such header. */
    @Nullable
    String cookie() {
        return switch (cookies) {
            case SET -> "sp=" + id + "; Max-Age=31536000; Expires=" + inAYear() + ATTRIBUTES;
            case END -> "sp=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT" + ATTRIBUTES;
            case NONE -> null;
        };
    }

    /** Returns the expiry date, formatted at most once a second and cached. */
    private static String inAYear() {
        long second = System.currentTimeMillis() / 1000;
        Expiry known = expiry;
        if (known.asOf() != second) {
            known = new Expiry(
                    second,
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(
                            Instant.ofEpochSecond(second).atZone(ZoneOffset.UTC).plusDays(365)));
            expiry = known;
        }
        return known.text();
    }

    private record Expiry(long asOf, String text) {}

    /**
     * Returns the id if it is safe in a {@code Set-Cookie} header: letters, digits, and {@code - _ .} only; otherwise
     * null.
     */
    private static @Nullable String usable(@Nullable String id) {
        return id != null
                        && !id.isEmpty()
                        && id.length() <= MAX_LENGTH
                        && id.chars()
                                .allMatch(c ->
                                        (Character.isLetterOrDigit(c) && c < 0x80) || c == '-' || c == '_' || c == '.')
                ? id
                : null;
    }
}
