package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.intake.RateLimits;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may see events: everybody, or who knows the token. Programs send it as {@code Authorization: Bearer}; a browser
 * gives it once and gets a cookie that no script can read and no other site can use.
 */
public final class Access {

    private static final String COOKIE = "internal_events_session";
    private static final long SESSION_NANOS = 12L * 3600 * 1_000_000_000;
    private static final int MAX_SESSIONS = 1_000;
    private static final int LOGINS_PER_SECOND = 5;

    private final byte @Nullable [] token;
    private final boolean secure;
    private final Map<String, Long> sessions = new ConcurrentHashMap<>();
    private final RateLimits logins = new RateLimits(LOGINS_PER_SECOND, System::nanoTime);
    private final SecureRandom random = new SecureRandom();

    /**
     * Lets in who knows the token.
     *
     * @param token null lets everybody in
     * @param secure whether the cookie goes over TLS alone
     */
    public Access(@Nullable String token, boolean secure) {
        this.token = token == null ? null : hash(token);
        this.secure = secure;
    }

    public boolean isOpen() {
        return token == null;
    }

    public boolean isAllowed(HttpServerRequest request) {
        if (token == null) {
            return true;
        }
        String header = request.getHeader("Authorization");
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
            return isToken(header.substring("Bearer ".length()).strip());
        }
        Cookie cookie = request.getCookie(COOKIE);
        Long until = cookie == null ? null : sessions.get(cookie.getValue());
        return until != null && System.nanoTime() - until < 0;
    }

    /** Says that the token is missing. */
    public void refuse(HttpServerRequest request) {
        request.response().putHeader("WWW-Authenticate", "Bearer");
        Answers.error(
                request, 401, "/micro needs the collector's token: send the header \"Authorization: Bearer TOKEN\"");
    }

    /** Answers {@code {"token":"…"}} with a session. */
    public void logIn(HttpServerRequest request, byte[] body) {
        if (!logins.allow(request.remoteAddress().hostAddress())) {
            request.response().putHeader("Retry-After", "1");
            Answers.error(request, 429, "too many tries; wait a second");
            return;
        }
        if (!isToken(given(body))) {
            Answers.error(request, 401, "this is not the collector's token");
            return;
        }
        if (sessions.size() >= MAX_SESSIONS) {
            long now = System.nanoTime();
            sessions.values().removeIf(until -> now - until >= 0);
            if (sessions.size() >= MAX_SESSIONS) {
                sessions.clear();
            }
        }
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String session = HexFormat.of().formatHex(bytes);
        sessions.put(session, System.nanoTime() + SESSION_NANOS);
        request.response()
                .putHeader(
                        "Set-Cookie",
                        COOKIE + "=" + session + "; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"
                                + (secure ? "; Secure" : ""));
        Answers.json(request, Map.of("ok", true));
    }

    private static String given(byte[] body) {
        try {
            return Json.parse(body) instanceof Map<?, ?> json && json.get("token") instanceof String text ? text : "";
        } catch (MalformedPayloadException e) {
            return "";
        }
    }

    /** Takes the same time whatever is wrong. */
    private boolean isToken(String given) {
        return token != null && MessageDigest.isEqual(token, hash(given));
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
