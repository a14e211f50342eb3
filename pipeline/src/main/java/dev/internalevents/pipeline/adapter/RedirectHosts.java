package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.Excerpt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that redirects may lead to. A URL is checked as written, and needs http or https and a plain host. URLs
 * that browsers might read differently than they look, with a user name, a backslash or a control character, are never
 * allowed. Immutable and thread-safe.
 */
public final class RedirectHosts {

    /** The parameter with the redirect target: {@value}. */
    public static final String PARAMETER = "u";

    /** No host: redirects are off. */
    public static final RedirectHosts NONE = new RedirectHosts(List.of());

    private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final Pattern ADDRESS =
            Pattern.compile("https?://([a-z0-9._-]+)(?::[0-9]{1,5})?(?:[/?#].*)?", Pattern.CASE_INSENSITIVE);
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int MAX_SHOWN = 100;

    /** Characters besides letters and digits that a URL may contain (RFC 3986); all others are escaped. */
    private static final String PLAIN = "-._~:/?#[]@!$&'()*+,;=%";

    private final Set<String> names = new HashSet<>();
    private final List<String> suffixes = new ArrayList<>();

    /**
     * Whether a redirect is allowed.
     *
     * @param location the URL as it is sent to the browser, in ASCII; null if it is not allowed
     * @param fault why not; null if it is allowed
     */
    public record Decision(
            @Nullable String location, @Nullable String fault) {}

    /**
     * Allows these hosts, at every port.
     *
     * @param hosts names such as {@code www.example.com}, or {@code *.example.com} for all subdomains
     * @throws IllegalArgumentException naming the invalid one
     */
    public RedirectHosts(List<String> hosts) {
        for (String host : hosts) {
            String name = host.strip().toLowerCase(Locale.ROOT);
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "redirects: \"" + host + "\" is not a host name; expected a name such"
                                + " as www.example.com, or *.example.com for its subdomains, without scheme and port");
            }
            if (name.startsWith("*")) {
                suffixes.add(name.substring(1));
            } else {
                names.add(name);
            }
        }
    }

    /** Returns whether no host is allowed. */
    public boolean isEmpty() {
        return names.isEmpty() && suffixes.isEmpty();
    }

    /**
     * Decides whether a visitor may be redirected to a URL, the value of {@value #PARAMETER}; null if it is missing.
     */
    public Decision decide(@Nullable String address) {
        if (address == null || address.isEmpty()) {
            return refused("it has no " + PARAMETER + ", which says where to redirect to; expected for example "
                    + PARAMETER + "=https%3A%2F%2Fwww.example.com%2F");
        }
        if (address.indexOf('\\') >= 0 || address.chars().anyMatch(Character::isISOControl)) {
            return refused(PARAMETER + " has a backslash or a control character, which must be escaped in a URL");
        }
        Matcher parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            return refused(PARAMETER + "=" + shown(address)
                    + " is not a URL to redirect to; expected http:// or https://, a host name in ASCII and no user"
                    + " name");
        }
        String host = parts.group(1).toLowerCase(Locale.ROOT);
        if (!isAllowed(host)) {
            return refused(PARAMETER + " leads to " + shown(host)
                    + ", which is not allowed; --redirects sets the allowed hosts");
        }
        return new Decision(escaped(address), null);
    }

    private boolean isAllowed(String host) {
        if (names.contains(host)) {
            return true;
        }
        for (String suffix : suffixes) {
            if (host.length() > suffix.length() && host.endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }

    private static Decision refused(String fault) {
        return new Decision(null, fault);
    }

    /** Escapes what browsers escape in a URL that people type. */
    private static String escaped(String address) {
        StringBuilder out = new StringBuilder(address.length());
        for (byte b : address.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letter || PLAIN.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }

    private static String shown(String text) {
        return Excerpt.of(text, MAX_SHOWN);
    }
}
