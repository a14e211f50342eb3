package dev.internalevents.pipeline.adapter;

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
 * The hosts that redirects may lead to. An address is compared as it is written, with http or https and a plain host; one
 * that browsers could read in another way than it looks, with a user name, a backslash or a control character, is never
 * allowed. Immutable, safe for use by several threads.
 */
public final class RedirectHosts {

    /** The parameter that says where to: {@value}. */
    public static final String PARAMETER = "u";

    /** No host: redirects are off. */
    public static final RedirectHosts NONE = new RedirectHosts(List.of());

    private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final Pattern ADDRESS =
            Pattern.compile("https?://([a-z0-9._-]+)(?::[0-9]{1,5})?(?:[/?#].*)?", Pattern.CASE_INSENSITIVE);
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int MAX_SHOWN = 100;

    /** What an address may have beside letters and digits (RFC 3986); the rest is escaped. */
    private static final String PLAIN = "-._~:/?#[]@!$&'()*+,;=%";

    private final Set<String> names = new HashSet<>();
    private final List<String> suffixes = new ArrayList<>();

    /**
     * Whether an address may be redirected to.
     *
     * @param location the address as it is sent to the browser, in ASCII; null if it is not allowed
     * @param fault why not; null if it is allowed
     */
    public record Decision(
            @Nullable String location, @Nullable String fault) {}

    /**
     * Allows these hosts, at every port.
     *
     * @param hosts names such as {@code www.example.com}, or {@code *.example.com} for all names below it
     * @throws IllegalArgumentException naming the one that is neither
     */
    public RedirectHosts(List<String> hosts) {
        for (String host : hosts) {
            String name = host.strip().toLowerCase(Locale.ROOT);
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "redirects: \"" + host + "\" is not a host name; expected a name such"
                                + " as www.example.com, or *.example.com for the names below it, without scheme and port");
            }
            if (name.startsWith("*")) {
                suffixes.add(name.substring(1));
            } else {
                names.add(name);
            }
        }
    }

    /** Whether no host is allowed. */
    public boolean isEmpty() {
        return names.isEmpty() && suffixes.isEmpty();
    }

    /** Returns whether a visitor may be sent to an address, the value of {@value #PARAMETER}; null if there is none. */
    public Decision decide(@Nullable String address) {
        if (address == null || address.isEmpty()) {
            return refused("it has no " + PARAMETER + ", which says where to redirect to; expected for example "
                    + PARAMETER + "=https%3A%2F%2Fwww.example.com%2F");
        }
        if (address.indexOf('\\') >= 0 || address.chars().anyMatch(Character::isISOControl)) {
            return refused(PARAMETER + " has a backslash or a control character, which an address has only escaped");
        }
        Matcher parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            return refused(PARAMETER + "=" + shown(address)
                    + " is not an address to redirect to; expected http:// or https://, a host name in ASCII and no user"
                    + " name");
        }
        String host = parts.group(1).toLowerCase(Locale.ROOT);
        if (!isAllowed(host)) {
            return refused(PARAMETER + " leads to " + shown(host)
                    + ", which is not allowed; the hosts that are allowed are given with --redirects");
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

    /** As browsers escape what people write into an address. */
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
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
