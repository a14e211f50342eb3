package dev.internalevents.collector.operation;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Browsers that have proved who they are, by a cookie that no script can read and no other site can use. */
final class Sessions {

    private static final String COOKIE = "internal_events_session";
    private static final int SECONDS = 12 * 3600;
    private static final int MAX_SESSIONS = 1_000;

    private final boolean secure;
    private final Map<String, Long> sessions = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /** @param secure whether the cookie goes over TLS alone */
    Sessions(boolean secure) {
        this.secure = secure;
    }

    /** Begins a session with the answer to a request. */
    void begin(HttpServerRequest request) {
        if (sessions.size() >= MAX_SESSIONS) {
            long now = System.nanoTime();
            sessions.values().removeIf(until -> now - until >= 0);
            if (sessions.size() >= MAX_SESSIONS) {
                sessions.clear();
            }
        }
        String session = secret();
        sessions.put(session, System.nanoTime() + SECONDS * 1_000_000_000L);
        setCookie(request, COOKIE, session, "/", SECONDS, "Strict");
    }

    boolean has(HttpServerRequest request) {
        Cookie cookie = request.getCookie(COOKIE);
        Long until = cookie == null ? null : sessions.get(cookie.getValue());
        return until != null && System.nanoTime() - until < 0;
    }

    void setCookie(HttpServerRequest request, String name, String value, String path, int seconds, String sameSite) {
        request.response()
                .headers()
                .add(
                        "Set-Cookie",
                        name + "=" + value + "; Path=" + path + "; Max-Age=" + seconds + "; HttpOnly; SameSite="
                                + sameSite + (secure ? "; Secure" : ""));
    }

    /** 256 bits that nobody guesses. */
    String secret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
