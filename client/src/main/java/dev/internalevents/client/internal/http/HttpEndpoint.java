package dev.internalevents.client.internal.http;

import dev.internalevents.protocol.Excerpt;
import dev.internalevents.protocol.Printable;
import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a server. Accepts every host that the JDK can resolve, including names with an underscore, which
 * {@link URI#getHost()} does not support.
 *
 * @param secure whether it is https
 * @param host in ASCII; an IPv6 address has no brackets, but its zone if there is one
 * @param port 1 to 65535; -1 for the scheme's default
 * @param path in ASCII; empty, or starting with the slash, with the query of a redirect's target
 */
public record HttpEndpoint(boolean secure, String host, int port, String path) {

    /** The path below an endpoint to which Snowplow's trackers send events. */
    public static final String TRACKER_PATH = "com.snowplowanalytics.snowplow/tp2";

    private static final String EXAMPLE = "http://127.0.0.1:9091";
    private static final Pattern PARTS = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(.*)");
    private static final Pattern WITHOUT_SCHEME =
            Pattern.compile("(?!https?:)([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}(/[^?#]*)?");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\]]*]|[^:\\[\\]]*)(?::([^:]*))?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?");
    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9_.]+");

    /** Returns {@code host:port} with {@code http://} before it, and any other text as it is. */
    public static String withScheme(String text) {
        return WITHOUT_SCHEME.matcher(text).matches() ? "http://" + text : text;
    }

    /**
     * Parses an endpoint from a setting.
     *
     * @throws IllegalArgumentException if it is invalid; the message quotes it without credentials, and says what is
     *     wrong and what was expected
     */
    public static HttpEndpoint parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw wrong(
                    text,
                    text.matches("(?i)https?:.*")
                            ? "is not an http or https URL such as " + EXAMPLE + "; the two slashes are missing"
                            : "is not an http or https URL such as " + EXAMPLE + "; http:// or https:// is missing");
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw wrong(text, "is not an http or https URL such as " + EXAMPLE + "; its scheme is " + scheme);
        }
        String authority = parts.group(2);
        if (authority.contains("@") || hasPassword(text)) {
            throw wrong(text, "has a user name or password in it; expected a URL without them");
        } else if (parts.group(4).startsWith("?")) {
            throw wrong(text, "has a query; expected a URL without one, because a path is added to it");
        } else if (parts.group(4).startsWith("#")) {
            throw wrong(text, "has a fragment; expected a URL without one, because a path is added to it");
        }
        HttpEndpoint endpoint =
                new HttpEndpoint(scheme.equals("https"), "", -1, path(text, parts.group(3))).at(text, authority);
        String path = endpoint.path.replaceFirst("/+$", "");
        if (path.endsWith("/" + TRACKER_PATH)) {
            throw wrong(
                    text,
                    "ends with " + TRACKER_PATH + ", which is added to it; expected "
                            + shown(text.substring(0, text.lastIndexOf("/" + TRACKER_PATH))));
        }
        return endpoint;
    }

    /**
     * Returns the target of a {@code Location} (RFC 9110, 10.2.2); null if it is not a URL that a request can be sent
     * to.
     */
    @Nullable
    HttpEndpoint resolve(String location) {
        try {
            URI target = URI.create(toString()).resolve(new URI(location));
            Matcher parts = PARTS.matcher(target.toASCIIString());
            String scheme = parts.matches() ? parts.group(1).toLowerCase(Locale.ROOT) : "";
            if (!(scheme.equals("http") || scheme.equals("https"))
                    || parts.group(2).contains("@")) {
                return null;
            }
            String query = parts.group(4).replaceFirst("#.*", "");
            HttpEndpoint pointed = new HttpEndpoint(scheme.equals("https"), "", -1, parts.group(3) + query)
                    .at(location, parts.group(2));
            // A server does not know the zone that the client uses to reach it.
            return pointed.isSameHost(this)
                    ? new HttpEndpoint(pointed.secure, host, pointed.port, pointed.path)
                    : pointed;
        } catch (IllegalArgumentException | URISyntaxException e) {
            return null;
        }
    }

    /** Returns this endpoint with a path below its own. */
    public HttpEndpoint below(String relative) {
        return new HttpEndpoint(secure, host, port, path + (path.endsWith("/") ? "" : "/") + relative);
    }

    int portOrDefault() {
        return port >= 0 ? port : secure ? 443 : 80;
    }

    boolean isSameHost(HttpEndpoint other) {
        return hostWithoutZone().equalsIgnoreCase(other.hostWithoutZone());
    }

    boolean isSameOrigin(HttpEndpoint other) {
        return secure == other.secure && isSameHost(other) && portOrDefault() == other.portOrDefault();
    }

    boolean isAddress() {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    }

    /** Returns the host as written in a URL or header: an IPv6 address in brackets and without its zone (RFC 6874). */
    String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + hostWithoutZone() + "]" : host;
    }

    /** Returns the host without its zone, which is meaningful only on this machine. */
    String hostWithoutZone() {
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone);
    }

    String hostAndPort() {
        return bracketed() + ":" + portOrDefault();
    }

    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + bracketed() + (port >= 0 ? ":" + port : "") + path;
    }

    private HttpEndpoint at(String text, String authority) {
        Matcher parts = HOST_AND_PORT.matcher(authority);
        if (!parts.matches()) {
            throw wrong(
                    text,
                    authority.startsWith("[")
                            ? "has an IPv6 address in brackets that is not followed by a colon and a port, or by the path"
                            : "has more than one colon or a bracket in its host; expected an IPv6 address in brackets,"
                                    + " such as http://[::1]:9091");
        }
        String host = parts.group(1);
        if (host.isEmpty()) {
            throw wrong(text, "has no host; expected a URL such as " + EXAMPLE);
        }
        return new HttpEndpoint(
                secure,
                host.startsWith("[") ? address(text, host.substring(1, host.length() - 1)) : name(text, host),
                port(text, parts.group(2)),
                path);
    }

    private static int port(String text, @Nullable String digits) {
        if (digits == null || digits.isEmpty()) {
            return -1;
        }
        try {
            int port = digits.matches("[0-9]+") ? Integer.parseInt(digits) : 0;
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw wrong(text, "has a port that is not a number from 1 to 65535");
    }

    private static String address(String text, String literal) {
        int percent = literal.indexOf('%');
        String address = percent < 0 ? literal : literal.substring(0, percent);
        String zone = percent < 0 ? "" : literal.substring(percent + 1);
        if (zone.length() > 2 && zone.startsWith("25")) {
            zone = zone.substring(2);
        }
        try {
            if (address.matches("[0-9A-Fa-f:.]+")
                    && address.indexOf(':') >= 0
                    && !InetAddress.getByName("[" + address + "]")
                            .getHostAddress()
                            .isEmpty()
                    && (percent < 0 || ZONE.matcher(zone).matches())) {
                return percent < 0 ? address : address + "%" + zone;
            }
        } catch (UnknownHostException e) {
            // Reported below.
        }
        throw wrong(text, "has an invalid IPv6 address in brackets; expected one such as http://[::1]:9091");
    }

    private static String name(String text, String host) {
        String ascii;
        try {
            ascii = host.chars().allMatch(c -> c < 0x80) ? host : IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            throw wrong(text, "has a host that cannot be written in ASCII (IDN): " + e.getMessage());
        }
        if (!NAME.matcher(ascii).matches() || ascii.length() > 254) {
            throw wrong(text, "has an invalid host name; expected letters, digits, hyphens, underscores and dots");
        }
        return ascii;
    }

    private static String path(String text, String path) {
        try {
            return path.isEmpty()
                    ? ""
                    : new URI("http://h" + path).toASCIIString().substring("http://h".length());
        } catch (URISyntaxException e) {
            throw wrong(text, "is not a valid URL (" + e.getReason() + ")");
        }
    }

    /**
     * Returns whether the URL contains a password. A password may contain a slash, so that its end looks like a path.
     */
    private static boolean hasPassword(String text) {
        return text.matches("[^:]*://[^/?#]*:(?![0-9]*[/?#])[^@]*@.*");
    }

    private static IllegalArgumentException wrong(String text, String sentence) {
        return new IllegalArgumentException("\"" + shown(text) + "\" " + sentence);
    }

    /** Returns the text without possible secrets, on one line. */
    static String shown(String text) {
        String shown = Printable.of(text, "?");
        int at = shown.lastIndexOf('@');
        if (at >= 0) {
            int start = shown.indexOf("//");
            shown = (start < 0 || start > at ? "" : shown.substring(0, start + 2)) + "…" + shown.substring(at);
        }
        shown = shown.replaceFirst("([?#]).*", "$1…");
        return Excerpt.of(shown, 200);
    }
}
