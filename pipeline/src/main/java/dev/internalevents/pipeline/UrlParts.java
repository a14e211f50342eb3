package dev.internalevents.pipeline;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a URL, escaped as they were sent. A missing part is null.
 *
 * @param url the whole URL, with characters that {@link URI} rejects escaped
 * @param scheme as written, without the colon
 * @param host as written; an IPv6 address has its brackets
 * @param port default: 443 for https, 80 for everything else, as in Snowplow's pipeline
 */
record UrlParts(
        String url,
        @Nullable String scheme,
        @Nullable String host,
        long port,
        @Nullable String path,
        @Nullable String query,
        @Nullable String fragment) {

    private static final long HTTP_PORT = 80;
    private static final long HTTPS_PORT = 443;

    /** Creates the parts of a URL, which may have any scheme or be relative. Empty parts become null. */
    UrlParts(
            String url,
            @Nullable String scheme,
            @Nullable Authority authority,
            @Nullable String path,
            @Nullable String query,
            @Nullable String fragment) {
        this(
                url,
                scheme,
                authority == null ? null : authority.host(),
                authority != null && authority.port() >= 0
                        ? authority.port()
                        : "https".equalsIgnoreCase(scheme) ? HTTPS_PORT : HTTP_PORT,
                nonEmpty(path),
                nonEmpty(query),
                nonEmpty(fragment));
    }

    /**
     * Parses a URL with {@link URI} first, and if that rejects it, as browsers do.
     *
     * @throws URISyntaxException with the reason if both fail
     */
    static UrlParts of(String text) throws URISyntaxException {
        String address = text.trim();
        try {
            URI uri = new URI(address.indexOf(' ') < 0 ? address : address.replace(" ", "%20"));
            String host = uri.getHost();
            return new UrlParts(
                    uri.toString(),
                    uri.getScheme(),
                    // URI does not parse hosts with underscores or letters outside of ASCII.
                    host == null ? Authority.of(uri.getRawAuthority()) : new Authority(host, uri.getPort()),
                    uri.getRawPath(),
                    uri.getRawQuery(),
                    uri.getRawFragment());
        } catch (URISyntaxException e) {
            return LenientUrl.read(address);
        }
    }

    /**
     * Unescapes a part. {@code +} becomes a space, a {@code %} that is not followed by two hexadecimal digits is left
     * as it is, and bytes that are not valid UTF-8 become U+FFFD.
     */
    static String unescape(String part) {
        if (part.indexOf('%') < 0 && part.indexOf('+') < 0) {
            return part;
        }
        byte[] raw = part.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length);
        for (int i = 0; i < raw.length; i++) {
            int high = raw[i] == '%' && i + 2 < raw.length ? hex(raw[i + 1]) : -1;
            int low = high >= 0 ? hex(raw[i + 2]) : -1;
            if (low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(raw[i] == '+' ? ' ' : raw[i]);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Returns the value of an ASCII hexadecimal digit; -1 for anything else. */
    static int hex(int c) {
        return c >= 0 && c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static @Nullable String nonEmpty(@Nullable String part) {
        return part == null || part.isEmpty() ? null : part;
    }

    /**
     * The host and port of a URL.
     *
     * @param host null if the text cannot be a host and port
     * @param port -1 if there is none
     */
    record Authority(@Nullable String host, int port) {

        private static final Authority UNKNOWN = new Authority(null, -1);
        private static final int MAX_PORT_DIGITS = 5;

        /** @param authority {@code user@host:port} */
        static @Nullable Authority of(@Nullable String authority) {
            if (authority == null) {
                return null;
            }
            String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
            int bracket = hostAndPort.startsWith("[") ? hostAndPort.indexOf(']') : 0;
            int colon = hostAndPort.indexOf(':', Math.max(0, bracket));
            String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
            String port = colon < 0 ? "" : hostAndPort.substring(colon + 1);
            boolean known = !host.isEmpty()
                    && (bracket > 0 || host.indexOf('%') < 0)
                    && port.length() <= MAX_PORT_DIGITS
                    && port.chars().allMatch(c -> c >= '0' && c <= '9');
            return known ? new Authority(host, port.isEmpty() ? -1 : Integer.parseInt(port)) : UNKNOWN;
        }
    }
}
