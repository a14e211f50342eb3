package dev.internalevents.collector.operation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Browsers that have proved who they are, by a cookie that no script can read and no other site can use. */
final class Sessions {

    private static final String COOKIE = "internal_events_session";
    private static final int SECONDS = 12 * 3600;
    private static final int MAX_SESSIONS = 1_000;

    private final boolean secure;
    private final SecureRandom random = new SecureRandom();

    /** Apart by role, so that sign-ins with the read token never evict an admin's session. */
    private final Map<Role, Cache<String, Role>> sessions = new EnumMap<>(Role.class);

    /** @param secure whether the cookie goes over TLS alone */
    Sessions(boolean secure) {
        this.secure = secure;
        for (Role role : Role.values()) {
            sessions.put(
                    role,
                    Caffeine.newBuilder()
                            .maximumSize(MAX_SESSIONS)
                            .expireAfterWrite(Duration.ofSeconds(SECONDS))
                            .build());
        }
    }

    /** Begins a session with the answer to a request. */
    void begin(HttpServerRequest request, Role role) {
        String session = secret();
        Objects.requireNonNull(sessions.get(role)).put(session, role);
        setCookie(request, COOKIE, session, "/", SECONDS, "Strict");
    }

    /** Returns the role of the session that a request belongs to; null without one. */
    @Nullable
    Role role(HttpServerRequest request) {
        Cookie cookie = request.getCookie(COOKIE);
        if (cookie == null || cookie.getValue() == null) {
            return null;
        }
        for (Cache<String, Role> ofRole : sessions.values()) {
            Role role = ofRole.getIfPresent(cookie.getValue());
            if (role != null) {
                return role;
            }
        }
        return null;
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
