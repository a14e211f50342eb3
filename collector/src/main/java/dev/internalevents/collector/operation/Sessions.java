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

/** Sessions of authenticated browsers, identified by a cookie that scripts cannot read and other sites cannot use. */
final class Sessions {

    private static final String COOKIE = "internal_events_session";
    private static final int SECONDS = 12 * 3600;
    private static final int MAX_SESSIONS = 1_000;

    private final boolean secure;
    private final SecureRandom random = new SecureRandom();

    /** One cache per role, so that sign-ins with the read token never evict an admin's session. */
    private final Map<Role, Cache<String, Role>> sessions = new EnumMap<>(Role.class);

    /** @param secure whether the cookie is sent only over TLS */
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

    /** Starts a session and sets its cookie in the answer to the request. */
    void begin(HttpServerRequest request, Role role) {
        String session = secret();
        Objects.requireNonNull(sessions.get(role)).put(session, role);
        setCookie(request, COOKIE, session, "/", SECONDS, "Strict");
    }

    /** Returns the role of a request's session; null if it has none. */
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

    /** Returns 256 random bits as hexadecimal text. */
    String secret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
