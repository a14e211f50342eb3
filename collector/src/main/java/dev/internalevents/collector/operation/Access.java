package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.intake.RateLimits;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a caller may do: everything if nothing is set; otherwise by the token, the read token, or a session.
 * Programs send a token as {@code Authorization: Bearer}; a browser sends it once, or comes back from a provider of OpenID
 * Connect, and has a session with the role of what began it. A sign-in at a provider makes an admin. Never blocks; safe
 * for use by several threads.
 */
public final class Access {

    private static final String LOGIN = "/login";
    private static final String SIGN_IN = "/login/openid";
    private static final String CALLBACK = "/login/callback";
    private static final String BEARER = "Bearer ";
    private static final int WRONG_LOGINS_PER_SECOND = 5;

    private final byte @Nullable [] token;
    private final byte @Nullable [] readToken;
    private final Sessions sessions;
    private final @Nullable OpenIdSignIn signIn;
    private final Function<HttpServerRequest, String> address;
    private final RateLimits wrongLogins = new RateLimits(WRONG_LOGINS_PER_SECOND, System::nanoTime);

    /**
     * What lets callers in.
     *
     * @param token makes an admin; null for none
     * @param readToken makes a reader; null for none
     * @param openId a provider whose people are admins; null for none
     * @param secure whether cookies go over TLS alone
     */
    public record Settings(
            @Nullable String token,
            @Nullable String readToken,
            @Nullable OpenIdSettings openId,
            boolean secure) {

        /** The tokens are not text to print. */
        @Override
        public String toString() {
            return "Access.Settings[openId=" + openId + ", secure=" + secure + "]";
        }
    }

    /**
     * Lets in by these settings.
     *
     * @param address of the sender of a request: wrong tries are limited for each by itself
     */
    public Access(Settings settings, Function<HttpServerRequest, String> address) {
        this.token = hashOrNull(settings.token());
        this.readToken = hashOrNull(settings.readToken());
        this.sessions = new Sessions(settings.secure());
        this.address = address;
        OpenIdSettings provider = settings.openId();
        this.signIn = provider == null ? null : new OpenIdSignIn(provider, sessions, address);
    }

    public boolean isOpen() {
        return token == null && readToken == null && signIn == null;
    }

    /** Returns what the sender of a request may do; null for nothing. */
    public @Nullable Role role(HttpServerRequest request) {
        if (isOpen()) {
            return Role.ADMIN;
        }
        String given = bearer(request);
        return given == null ? sessions.role(request) : roleOf(given);
    }

    /** Returns how the sender of a request is let in and from which address it comes; for the log. */
    public String caller(HttpServerRequest request) {
        String how = isOpen() ? "without a token" : bearer(request) == null ? "in a session" : "with a token";
        return how + ", from " + address.apply(request);
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
        if (path.equals(SIGN_IN)) {
            provider.begin(request);
        } else if (path.equals(CALLBACK)) {
            provider.end(request);
        } else {
            return false;
        }
        return true;
    }

    /** Says that the token is missing. */
    public void refuse(HttpServerRequest request) {
        boolean takesToken = token != null || readToken != null;
        request.response().putHeader("WWW-Authenticate", "Bearer");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "error",
                takesToken
                        ? request.path()
                                + " needs the collector's token: send the header \"Authorization: Bearer TOKEN\""
                        : request.path() + " is for people who sign in: open /micro/ui in a browser");
        answer.put("token", takesToken);
        if (signIn != null) {
            answer.put("signIn", "/micro" + SIGN_IN);
        }
        Answers.json(request, 401, answer);
    }

    /** Answers {@code {"token":"…"}} with a session. A right token is let in however many wrong ones came before it. */
    private void logIn(HttpServerRequest request, byte[] body) {
        Role role = roleOf(given(body));
        if (role != null) {
            sessions.begin(request, role);
            Answers.json(request, Map.of("ok", true, "role", role.name().toLowerCase(Locale.ROOT)));
        } else if (wrongLogins.allow(address.apply(request))) {
            Answers.error(request, 401, "this is not the collector's token");
        } else {
            tooMany(request);
        }
    }

    static void tooMany(HttpServerRequest request) {
        request.response().putHeader("Retry-After", "1");
        Answers.error(request, 429, "too many tries; wait a second");
    }

    private static @Nullable String bearer(HttpServerRequest request) {
        String header = request.getHeader("Authorization");
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : null;
    }

    private static String given(byte[] body) {
        try {
            return Json.parse(body) instanceof Map<?, ?> json && json.get("token") instanceof String text ? text : "";
        } catch (MalformedPayloadException e) {
            return "";
        }
    }

    /** Takes the same time whatever is wrong. */
    private @Nullable Role roleOf(String given) {
        byte[] hash = hash(given);
        boolean admin = token != null && MessageDigest.isEqual(token, hash);
        boolean reader = readToken != null && MessageDigest.isEqual(readToken, hash);
        return admin ? Role.ADMIN : reader ? Role.READER : null;
    }

    private static byte @Nullable [] hashOrNull(@Nullable String token) {
        return token == null ? null : hash(token);
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
