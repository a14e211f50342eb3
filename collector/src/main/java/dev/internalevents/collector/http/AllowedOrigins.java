package dev.internalevents.collector.http;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The set of allowed origins. Each is written as a browser sends it, such as {@code https://app.example.com}, or with
 * {@code *} for any port, such as {@code http://localhost:*}. Thread-safe.
 */
public final class AllowedOrigins {

    private static final String ANY_PORT = ":*";

    private final Set<Origin> exact = new HashSet<>();

    /** Origins with any port, stored with their scheme's default port. */
    private final Set<Origin> anyPort = new HashSet<>();

    /** Whether all pages of this machine are allowed, over http and https, on any port. */
    private final boolean loopback;

    /** @throws IllegalArgumentException if a text is not an origin; the message names it */
    public AllowedOrigins(Collection<String> texts) {
        this(texts, false);
    }

    /**
     * Parses origins.
     *
     * @param loopback whether the origins of this machine ({@link HostNames#isLoopback}) are allowed as well
     * @throws IllegalArgumentException if a text is not an origin; the message names it
     */
    public AllowedOrigins(Collection<String> texts, boolean loopback) {
        this.loopback = loopback;
        for (String text : texts) {
            boolean any = text.endsWith(ANY_PORT);
            Origin origin = Origin.parse(any ? text.substring(0, text.length() - ANY_PORT.length()) : text);
            if (origin == null || (any && hasPort(text))) {
                throw new IllegalArgumentException("\"" + text
                        + "\" is not an origin; expected scheme, host and port such as https://app.example.com,"
                        + " http://localhost:3000, or http://localhost:* for any port");
            }
            (any ? anyPort : exact).add(origin);
        }
    }

    /** Returns whether the text has another port before the {@code *}. */
    private static boolean hasPort(String text) {
        return text.substring(0, text.length() - ANY_PORT.length()).matches(".*:[0-9]*");
    }

    /** Returns whether no origin is allowed. */
    public boolean isEmpty() {
        return !loopback && exact.isEmpty() && anyPort.isEmpty();
    }

    /** Returns whether an origin is allowed; false for null. */
    public boolean includes(@Nullable Origin origin) {
        return origin != null
                && ((loopback && HostNames.isLoopback(origin.host()))
                        || exact.contains(origin)
                        || anyPort.contains(Origin.of(origin.scheme(), origin.host(), -1)));
    }
}
