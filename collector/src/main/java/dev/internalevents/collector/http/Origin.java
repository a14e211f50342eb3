package dev.internalevents.collector.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The origin of a web page (RFC 6454). Two origins are the same if scheme, host and port are all equal.
 *
 * @param scheme {@code http} or {@code https}
 * @param host in lower case
 * @param port always explicit, also for the scheme's default port
 */
public record Origin(String scheme, String host, int port) {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * Creates an origin.
     *
     * @param port negative for the scheme's default port
     */
    public static Origin of(String scheme, String host, int port) {
        int number = port >= 0 ? port : scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
        return new Origin(scheme, host.toLowerCase(Locale.ROOT), number);
    }

    /** Returns the origin of a URL; null if its scheme is not http or https, or it has no host. */
    public static @Nullable Origin of(URI address) {
        String scheme = address.getScheme();
        String host = address.getHost();
        if (scheme == null || host == null) {
            return null;
        }
        String lower = scheme.toLowerCase(Locale.ROOT);
        return lower.equals("http") || lower.equals("https") ? of(lower, host, address.getPort()) : null;
    }

    /**
     * Parses an {@code Origin} header such as {@code https://app.example.com}; returns null for anything else,
     * including the text {@code null}.
     */
    public static @Nullable Origin parse(String text) {
        try {
            URI address = new URI(text);
            String path = address.getRawPath();
            boolean bare = (path == null || path.isEmpty())
                    && address.getRawQuery() == null
                    && address.getRawFragment() == null
                    && address.getRawUserInfo() == null;
            return bare ? of(address) : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        boolean usual = port == (scheme.equals("https") ? HTTPS_PORT : HTTP_PORT);
        return scheme + "://" + host + (usual ? "" : ":" + port);
    }
}
