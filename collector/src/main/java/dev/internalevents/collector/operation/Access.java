package dev.internalevents.collector.operation;

import dev.internalevents.collector.OpenIdSettings;
import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.intake.ClientAddress;
import dev.internalevents.collector.intake.RateLimits;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may see events: everybody, or who knows the token, or whom a provider of OpenID Connect knows. Programs send the
 * token as {@code Authorization: Bearer}; a browser gives it once, or comes back from the provider, and has a session.
 */
public final class Access {

    private static final String LOGIN = "/login";
    private static final String SIGN_IN = "/login/openid";
    private static final String CALLBACK = "/login/callback";
    private static final int LOGINS_PER_SECOND = 5;

    private final byte @Nullable [] token;
    private final ClientAddress addresses;
    private final Sessions sessions;
    private final @Nullable OpenIdSignIn signIn;
    private final RateLimits logins = new RateLimits(LOGINS_PER_SECOND, System::nanoTime);

    /**
     * Lets in who knows the token, and whom a provider of OpenID Connect knows; everybody without either.
     *
     * @param secure whether cookies go over TLS alone
     * @param addresses by which tries are counted
     */
    public Access(@Nullable String token, @Nullable OpenIdSettings openId, boolean secure, ClientAddress addresses) {
        this.addresses = addresses;
        this.token = token == null ? null : hash(token);
        this.sessions = new Sessions(secure);
        this.signIn = openId == null ? null : new OpenIdSignIn(openId, sessions);
    }

    public boolean isOpen() {
        return token == null && signIn == null;
    }

    /**
     * Answers what belongs to signing in.
     *
     * @param path behind {@code /micro}
     * @return false for what does not
     */
    public boolean handle(HttpServerRequest request, String path, BodyReader bodies) {
        if (path.equals(LOGIN) && request.method().equals(HttpMethod.POST)) {
            bodies.read(request, body -> {
                byte[] bytes = body.bytes();
                body.release();
                logIn(request, bytes);
            });
            return true;
        }
        OpenIdSignIn provider = signIn;
        if (provider == null || !request.method().equals(HttpMethod.GET)) {
            return false;
        }
        if (path.equals(SIGN_IN) || path.equals(CALLBACK)) {
            if (!logins.allow(addresses.of(request))) {
                tooMany(request);
            } else if (path.equals(SIGN_IN)) {
                provider.begin(request);
            } else {
                provider.end(request);
            }
            return true;
        }
        return false;
    }

    public boolean isAllowed(HttpServerRequest request) {
        if (isOpen()) {
            return true;
        }
        String header = request.getHeader("Authorization");
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
            return isToken(header.substring("Bearer ".length()).strip());
        }
        return sessions.has(request);
    }

    /** Says that the token is missing. */
    public void refuse(HttpServerRequest request) {
        request.response().putHeader("WWW-Authenticate", "Bearer");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "error",
                token == null
                        ? "/micro is for people who sign in: open /micro/ui in a browser"
                        : "/micro needs the collector's token: send the header \"Authorization: Bearer TOKEN\"");
        answer.put("token", token != null);
        if (signIn != null) {
            answer.put("signIn", "/micro" + SIGN_IN);
        }
        Answers.json(request, 401, answer);
    }

    /** Answers {@code {"token":"…"}} with a session. */
    private void logIn(HttpServerRequest request, byte[] body) {
        if (!logins.allow(addresses.of(request))) {
            tooMany(request);
            return;
        }
        if (!isToken(given(body))) {
            Answers.error(request, 401, "this is not the collector's token");
            return;
        }
        sessions.begin(request);
        Answers.json(request, Map.of("ok", true));
    }

    private static void tooMany(HttpServerRequest request) {
        request.response().putHeader("Retry-After", "1");
        Answers.error(request, 429, "too many tries; wait a second");
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
