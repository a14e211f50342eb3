package dev.internalevents.collector.operation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.intake.RateLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs people in with an OpenID Connect provider: sends the browser there, and accepts it back with a code that
 * belongs to the same browser. Call on the event loop's threads; blocking work runs on worker threads.
 */
final class OpenIdSignIn {

    private static final Logger LOG = LoggerFactory.getLogger(OpenIdSignIn.class);
    private static final String COOKIE = "internal_events_login";
    private static final int SECONDS = 600;
    private static final int MAX_BEGUN = 20_000;
    private static final int TRIES_PER_SECOND = 5;
    private static final int MAX_LENGTH = 4_096;

    private final OpenIdSettings settings;
    private final OpenIdProvider provider;
    private final Sessions sessions;
    private final Function<HttpServerRequest, String> address;

    /** Limits sign-ins per address, so that one address cannot evict the pending sign-ins of others. */
    private final RateLimits begins = new RateLimits(TRIES_PER_SECOND, System::nanoTime);

    private final RateLimits wrongReturns = new RateLimits(TRIES_PER_SECOND, System::nanoTime);
    private final Cache<String, Begun> begun = Caffeine.newBuilder()
            .maximumSize(MAX_BEGUN)
            .expireAfterWrite(Duration.ofSeconds(SECONDS))
            .build();

    private record Begun(String nonce, String verifier) {}

    /** @param address returns the address of a request's sender, by which attempts are limited */
    OpenIdSignIn(OpenIdSettings settings, Sessions sessions, Function<HttpServerRequest, String> address) {
        this.settings = settings;
        this.provider = new OpenIdProvider(settings);
        this.sessions = sessions;
        this.address = address;
    }

    /** Sends the browser to the provider. */
    void begin(HttpServerRequest request) {
        if (!begins.allow(address.apply(request))) {
            Access.tooMany(request);
            return;
        }
        String state = sessions.secret();
        Begun begin = new Begun(sessions.secret(), sessions.secret());
        blocking(() -> provider.signIn(state, begin.nonce(), challenge(begin.verifier())))
                .onComplete(
                        to -> {
                            begun.put(state, begin);
                            sessions.setCookie(request, COOKIE, state, OpenIdSettings.CALLBACK, SECONDS, "Lax");
                            redirect(request, to);
                        },
                        failure -> fail(request, failure));
    }

    /** Handles the browser's return from the provider. */
    void end(HttpServerRequest request) {
        String state = request.getParam("state");
        String code = request.getParam("code");
        Cookie cookie = request.getCookie(COOKIE);
        Begun begin = state == null || cookie == null || !isSame(state, cookie.getValue())
                ? null
                : begun.asMap().remove(state);
        sessions.setCookie(request, COOKIE, "", OpenIdSettings.CALLBACK, 0, "Lax");
        if (begin == null) {
            if (!wrongReturns.allow(address.apply(request))) {
                Access.tooMany(request);
                return;
            }
            Answers.text(request, 400, "This sign-in was not started here, or it expired. Start again at /micro/ui\n");
        } else if (code == null || code.length() > MAX_LENGTH) {
            Answers.text(request, 403, "The provider rejected the sign-in. Try again at /micro/ui\n");
        } else {
            blocking(() -> provider.identity(code, begin.verifier(), begin.nonce()))
                    .onComplete(claims -> letIn(request, claims), failure -> fail(request, failure));
        }
    }

    private void letIn(HttpServerRequest request, Map<String, Object> claims) {
        if (isAllowed(claims)) {
            // Allowed people are trusted like the operator; only the read token gives a lesser role.
            sessions.begin(request, Role.ADMIN);
            redirect(request, URI.create("/micro/ui"));
        } else {
            Answers.text(
                    request,
                    403,
                    "You are signed in, but not allowed to see events here; ask the operator of this collector"
                            + " to add your e-mail address to --openid-allow.\n");
        }
    }

    /** Returns whether a person is allowed. An e-mail address counts only if the provider has verified it. */
    private boolean isAllowed(Map<String, Object> claims) {
        if (settings.allowed().contains("*")) {
            return true;
        }
        Object verified = claims.get("email_verified");
        if (!(claims.get("email") instanceof String text) || !Boolean.parseBoolean(String.valueOf(verified))) {
            return false;
        }
        String email = text.toLowerCase(Locale.ROOT);
        int at = email.lastIndexOf('@');
        return at > 0
                && (settings.allowed().contains(email) || settings.allowed().contains(email.substring(at)));
    }

    private static <T> Future<T> blocking(Callable<T> work) {
        return Vertx.currentContext().executeBlocking(work, false);
    }

    private static void fail(HttpServerRequest request, Throwable failure) {
        boolean hasMessage = failure instanceof IOException && failure.getMessage() != null;
        String reason = hasMessage ? String.valueOf(failure.getMessage()) : failure.toString();
        LOG.warn("a sign-in failed: {}", reason);
        Answers.text(request, 502, "The sign-in failed; the collector's log says why. Try again later.\n");
    }

    private static void redirect(HttpServerRequest request, URI to) {
        request.response()
                .setStatusCode(302)
                .putHeader("Location", to.toString())
                .putHeader("Cache-Control", "no-store")
                .putHeader("Referrer-Policy", "no-referrer")
                .end();
    }

    private static boolean isSame(String state, @Nullable String cookie) {
        return MessageDigest.isEqual(
                state.getBytes(StandardCharsets.UTF_8),
                Objects.requireNonNullElse(cookie, "").getBytes(StandardCharsets.UTF_8));
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
