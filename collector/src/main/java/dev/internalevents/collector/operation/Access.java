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
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a caller may do: everything if no token or provider is configured; otherwise what the token, the read
 * token or the session allows. Programs send a token as {@code Authorization: Bearer}. A browser sends it once, or
 * returns from an OpenID Connect provider, and gets a session with the role of its token; a sign-in at a provider gives
 * the admin role. Never blocks; thread-safe.
 */
public final class Access {

    /** The path that sends a browser to the provider. */
    public static final String SIGN_IN = "/micro/login/openid";

    private static final String BEARER = "Bearer ";
    private static final int WRONG_LOGINS_PER_SECOND = 5;

    private final byte @Nullable [] token;
    private final byte @Nullable [] readToken;
    private final Sessions sessions;
    private final @Nullable OpenIdSignIn signIn;
    private final Function<HttpServerRequest, String> address;
    private final BodyReader bodies;
    private final RateLimits wrongLogins = new RateLimits(WRONG_LOGINS_PER_SECOND, System::nanoTime);

    /**
     * The ways in which callers can authenticate.
     *
     * @param token gives the admin role; null for none
     * @param readToken gives the reader role; null for none
     * @param openId the provider; people who sign in there get the admin role; null for none
     * @param secure whether cookies are sent only over TLS
     */
    public record Settings(
            @Nullable String token,
            @Nullable String readToken,
            @Nullable OpenIdSettings openId,
            boolean secure) {

        /** Leaves out the tokens, so that they are never printed. */
        @Override
        public String toString() {
            return "Access.Settings[openId=" + openId + ", secure=" + secure + "]";
        }
    }

    /**
     * Creates the access control.
     *
     * @param address returns the address of a request's sender; failed attempts are limited per address
     * @param bodies reads the bodies that contain a token
     */
    public Access(Settings settings, Function<HttpServerRequest, String> address, BodyReader bodies) {
        this.token = hashOrNull(settings.token());
        this.readToken = hashOrNull(settings.readToken());
        this.sessions = new Sessions(settings.secure());
        this.address = address;
        this.bodies = bodies;
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
        String bearer = bearer(request);
        return bearer == null ? sessions.role(request) : roleOf(bearer);
    }

    /** Returns how the sender of a request authenticated and from which address; for the log. */
    public String caller(HttpServerRequest request) {
        String how = isOpen() ? "without a token" : bearer(request) == null ? "in a session" : "with a token";
        return how + ", from " + address.apply(request);
    }

    /**
     * Answers a POST of {@code {"token":"…"}} with a session. A correct token is accepted even after any number of
     * wrong ones.
     */
    public void logIn(HttpServerRequest request) {
        bodies.read(request, body -> {
            byte[] bytes = body.bytes();
            body.release();
            logIn(request, bytes);
        });
    }

    /**
     * Sends the browser to the provider; returns false, without an answer, if there is no provider or it is not a GET.
     */
    public boolean beginSignIn(HttpServerRequest request) {
        return signsIn(request, OpenIdSignIn::begin);
    }

    /**
     * Accepts the browser back from the provider; returns false, without an answer, if there is no provider or it is
     * not a GET.
     */
    public boolean endSignIn(HttpServerRequest request) {
        return signsIn(request, OpenIdSignIn::end);
    }

    private boolean signsIn(HttpServerRequest request, BiConsumer<OpenIdSignIn, HttpServerRequest> step) {
        if (signIn == null || !request.method().equals(HttpMethod.GET)) {
            return false;
        }
        step.accept(signIn, request);
        return true;
    }

    /** Answers 401 and says how to authenticate. */
    public void refuse(HttpServerRequest request) {
        boolean takesToken = token != null || readToken != null;
        request.response().putHeader("WWW-Authenticate", "Bearer");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "error",
                takesToken && bearer(request) != null
                        ? "the token in the request is not the collector's; the command takes it from"
                                + " INTERNAL_EVENTS_TOKEN"
                        : takesToken
                                ? request.path()
                                        + " needs the collector's token: send the header \"Authorization: Bearer TOKEN\"; the command"
                                        + " takes it from INTERNAL_EVENTS_TOKEN"
                                : request.path() + " needs a sign-in: open /micro/ui in a browser");
        answer.put("token", takesToken);
        if (signIn != null) {
            answer.put("signIn", SIGN_IN);
        }
        Answers.json(request, 401, answer);
    }

    private void logIn(HttpServerRequest request, byte[] body) {
        Role role = roleOf(tokenIn(body));
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
        Answers.error(request, 429, "too many attempts; wait a second");
    }

    private static @Nullable String bearer(HttpServerRequest request) {
        String header = request.getHeader("Authorization");
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : null;
    }

    private static String tokenIn(byte[] body) {
        try {
            return Json.parse(body) instanceof Map<?, ?> json && json.get("token") instanceof String text ? text : "";
        } catch (MalformedPayloadException e) {
            return "";
        }
    }

    /** Returns the role of a token; null for a wrong one. Compares in constant time. */
    private @Nullable Role roleOf(String text) {
        byte[] hash = hash(text);
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
