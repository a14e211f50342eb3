package dev.internalevents.pipeline;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses URLs that {@link URI} rejects, as browsers do (WHATWG URL Standard): invalid characters are escaped, tabs and
 * line ends are removed, and in web URLs a backslash counts as a slash. Existing escapes are preserved. Takes time
 * linear in the length.
 */
final class LenientUrl {

    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";

    private static final BitSet AUTHORITY = characters(UNRESERVED + "$,;:@&=+");
    private static final BitSet PATH = characters(UNRESERVED + "$,;:@&=+/");
    private static final BitSet QUERY = characters(UNRESERVED + "$,;:@&=+/?[]");

    /** No browser accepts them in a host. */
    private static final BitSet NEVER_IN_HOST = characters(" #/:<>?@[\\]^|%");

    /** Schemes of web URLs. */
    private static final Set<String> BACKSLASH_IS_SLASH = Set.of("http", "https", "ws", "wss", "ftp");

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final String address;

    private LenientUrl(String address) {
        this.address = address;
    }

    /** @throws URISyntaxException with the reason, if browsers would not accept it either */
    static UrlParts read(String address) throws URISyntaxException {
        return new LenientUrl(withoutLineEnds(address)).parts();
    }

    private UrlParts parts() throws URISyntaxException {
        int hash = address.indexOf('#');
        int end = hash < 0 ? address.length() : hash;
        String fragment = hash < 0 ? null : escaped(address.substring(hash + 1), QUERY);
        String scheme = scheme(end);
        int from = scheme == null ? 0 : scheme.length() + 1;
        int mark = address.indexOf('?', from);
        int endOfPath = mark < 0 || mark > end ? end : mark;
        String path = address.substring(from, endOfPath);
        if (scheme != null && BACKSLASH_IS_SLASH.contains(scheme.toLowerCase(Locale.ROOT))) {
            path = path.replace('\\', '/');
        }
        if (scheme != null && !path.startsWith("/")) {
            return opaque(scheme, address.substring(from, end), fragment);
        }
        String query = endOfPath == end ? null : escaped(address.substring(endOfPath + 1, end), QUERY);
        String authority = null;
        if (path.startsWith("//")) {
            int slash = path.indexOf('/', 2);
            authority = path.substring(2, slash < 0 ? path.length() : slash);
            path = slash < 0 ? "" : path.substring(slash);
            if (authority.isEmpty() && path.isEmpty() && query == null) {
                throw refused("it has no host after //", from + 2);
            }
        }
        String escapedPath = escaped(path, PATH);
        if (authority != null) {
            check(authority, from + 2);
            authority = escapedAuthority(authority);
        }
        String url = whole(
                scheme,
                (authority == null ? "" : "//" + authority) + escapedPath + (query == null ? "" : "?" + query),
                fragment);
        return new UrlParts(url, scheme, UrlParts.Authority.of(authority), escapedPath, query, fragment);
    }

    /** Parses a URL such as {@code mailto:ada@example.test}, which has no host, path or query. */
    private UrlParts opaque(String scheme, String rest, @Nullable String fragment) throws URISyntaxException {
        if (rest.isEmpty()) {
            throw refused("it has nothing after " + scheme + ":", address.length());
        }
        String url = whole(scheme, escaped(rest, QUERY), fragment);
        return new UrlParts(url, scheme, (UrlParts.Authority) null, null, null, fragment);
    }

    private static String whole(@Nullable String scheme, String rest, @Nullable String fragment) {
        return (scheme == null ? "" : scheme + ":") + rest + (fragment == null ? "" : "#" + fragment);
    }

    private @Nullable String scheme(int end) {
        int colon = 0;
        while (colon < end && isOfScheme(address.charAt(colon), colon == 0)) {
            colon++;
        }
        return colon > 0 && colon < end && address.charAt(colon) == ':' ? address.substring(0, colon) : null;
    }

    private static boolean isOfScheme(char c, boolean first) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (!first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
    }

    private void check(String authority, int at) throws URISyntaxException {
        int from = authority.lastIndexOf('@') + 1;
        if (authority.startsWith("[", from)) {
            try {
                new URI("http://" + authority.substring(from));
            } catch (URISyntaxException e) {
                throw refused("its host begins with [, but is not an IPv6 address with or without a port", at + from);
            }
        } else {
            int colon = authority.indexOf(':', from);
            int end = colon < 0 ? authority.length() : colon;
            for (int i = from; i < end; i++) {
                char c = authority.charAt(i);
                if (c <= ' ' || c == 0x7f || NEVER_IN_HOST.get(c)) {
                    throw refused("a host cannot contain the character " + name(c), at + i);
                }
            }
        }
    }

    private static String name(char c) {
        return c > ' ' && c < 0x7f ? "\"" + c + "\"" : String.format("U+%04X", (int) c);
    }

    private static String escapedAuthority(String authority) {
        int bracket = authority.startsWith("[", authority.lastIndexOf('@') + 1) ? authority.lastIndexOf('[') : -1;
        return bracket < 0
                ? escaped(authority, AUTHORITY)
                : escaped(authority.substring(0, bracket), AUTHORITY) + authority.substring(bracket);
    }

    /** Escapes characters that are not allowed in a part, and each {@code %} that does not begin an escape. */
    private static String escaped(String part, BitSet allowed) {
        StringBuilder escaped = null;
        int copied = 0;
        for (int i = 0; i < part.length(); ) {
            int c = part.codePointAt(i);
            int next = i + Character.charCount(c);
            boolean isAllowed = c == '%' ? isEscape(part, i) : c < 0x80 ? allowed.get(c) : isVisible(c);
            if (!isAllowed) {
                escaped = escaped == null ? new StringBuilder(part.length() + 16) : escaped;
                escaped.append(part, copied, i);
                for (byte one : part.substring(i, next).getBytes(StandardCharsets.UTF_8)) {
                    escaped.append('%').append(HEX.toHexDigits(one));
                }
                copied = next;
            }
            i = next;
        }
        return escaped == null
                ? part
                : escaped.append(part, copied, part.length()).toString();
    }

    private static boolean isEscape(String part, int at) {
        return at + 2 < part.length()
                && UrlParts.hex(part.charAt(at + 1)) >= 0
                && UrlParts.hex(part.charAt(at + 2)) >= 0;
    }

    /** Returns whether {@link URI} accepts a character beyond ASCII. */
    private static boolean isVisible(int c) {
        return !Character.isSpaceChar(c) && !Character.isISOControl(c);
    }

    private static String withoutLineEnds(String address) {
        StringBuilder out = null;
        int copied = 0;
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (c == '\t' || c == '\n' || c == '\r') {
                out = out == null ? new StringBuilder(address.length()) : out;
                out.append(address, copied, i);
                copied = i + 1;
            }
        }
        return out == null
                ? address
                : out.append(address, copied, address.length()).toString();
    }

    private URISyntaxException refused(String reason, int index) {
        return new URISyntaxException(address, reason, index);
    }

    private static BitSet characters(String all) {
        BitSet set = new BitSet(0x80);
        all.chars().forEach(set::set);
        return set;
    }
}
