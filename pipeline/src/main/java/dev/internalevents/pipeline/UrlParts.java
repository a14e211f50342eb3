package dev.internalevents.pipeline;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A page's address, taken apart. */
final class UrlParts {

    private UrlParts() {}

    /**
     * Takes an address apart.
     *
     * @param prefix {@code page} or {@code refr}
     * @return the fields {@code prefix_urlscheme}, {@code …host}, {@code …port}, {@code …path}, {@code …query} and {@code
     *     …fragment} that the address has; none for an address that is no URL, which is kept whole anyway
     */
    static Map<String, Object> of(String prefix, String url) {
        Map<String, Object> parts = new LinkedHashMap<>();
        try {
            URI uri = new URI(url.strip().replace(" ", "%20").replace("|", "%7C"));
            if (uri.getScheme() != null && uri.getHost() != null) {
                put(parts, prefix + "_urlscheme", uri.getScheme());
                put(parts, prefix + "_urlhost", uri.getHost());
                put(parts, prefix + "_urlport", (long) port(uri));
                put(parts, prefix + "_urlpath", uri.getRawPath());
                put(parts, prefix + "_urlquery", uri.getRawQuery());
                put(parts, prefix + "_urlfragment", uri.getRawFragment());
            }
        } catch (URISyntaxException e) {
            // Trackers send what the browser shows; the address as a whole stays in its own field.
        }
        return parts;
    }

    /** What an escaped part of an address stands for; a part that is not escaped in order, as it is. */
    static String unescape(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }

    private static int port(URI uri) {
        return uri.getPort() > 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static void put(Map<String, Object> parts, String field, @Nullable Object value) {
        if (value != null && !value.equals("")) {
            parts.put(field, value);
        }
    }
}
