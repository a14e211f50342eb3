package dev.internalevents.pipeline;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address, parsed from its text form; never looks up names. An IPv4-mapped IPv6 address
 * ({@code ::ffff:203.0.113.9}) becomes the IPv4 address. Immutable.
 */
public final class IpAddress {

    private static final int GROUPS = 8;

    private final byte[] bytes;

    IpAddress(byte[] bytes) {
        this.bytes = unmapped(bytes);
    }

    private static byte[] unmapped(byte[] bytes) {
        if (bytes.length != 2 * GROUPS || bytes[10] != -1 || bytes[11] != -1) {
            return bytes;
        }
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return bytes;
            }
        }
        return Arrays.copyOfRange(bytes, 12, 16);
    }

    /**
     * Parses four decimal numbers with dots, or IPv6 (RFC 4291, 2.2). Rejects leading zeros, other bases and fewer than
     * four numbers. A zone ({@code fe80::1%eth0}) is dropped.
     *
     * @return null if the text is not an address
     */
    public static @Nullable IpAddress parse(String text) {
        int zone = text.indexOf('%');
        String digits = zone < 0 ? text : text.substring(0, zone);
        if (digits.length() > IpLiteral.MAX_LENGTH) {
            return null;
        }
        IpLiteral literal = IpLiteral.strict(digits);
        if (!literal.matchesAt(0) || literal.end() != digits.length()) {
            return null;
        }
        boolean zoned = zone >= 0 && (zone == text.length() - 1 || digits.indexOf(':') < 0);
        return zoned ? null : new IpAddress(literal.bytes());
    }

    /**
     * Parses an address as proxies write it: as {@link #parse} does, but also in brackets, in quotes, and with a port.
     *
     * @return null if the text is not an address
     */
    public static @Nullable IpAddress parseNode(String text) {
        String node = text.strip();
        if (node.length() >= 2 && node.startsWith("\"") && node.endsWith("\"")) {
            node = node.substring(1, node.length() - 1).strip();
        }
        if (node.startsWith("[")) {
            int end = node.indexOf(']');
            return end > 0 && isPort(node.substring(end + 1)) ? parse(node.substring(1, end)) : null;
        }
        int colon = node.indexOf(':');
        if (colon >= 0 && node.indexOf('.') >= 0 && node.indexOf('.') < colon) {
            return isPort(node.substring(colon)) ? parse(node.substring(0, colon)) : null;
        }
        return parse(node);
    }

    /** Returns whether a text is empty, or a colon and a port, which proxies may obfuscate (RFC 7239). */
    private static boolean isPort(String text) {
        if (text.isEmpty()) {
            return true;
        }
        return text.charAt(0) == ':'
                && text.length() > 1
                && text.chars()
                        .skip(1)
                        .allMatch(c -> (Character.isLetterOrDigit(c) && c < 0x80) || "._-".indexOf(c) >= 0);
    }

    /** Returns the address as four or sixteen bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Returns whether it is a loopback address: 127.0.0.0/8 or ::1. */
    boolean isLoopback() {
        return bytes.length == 4 ? bytes[0] == 127 : toString().equals("::1");
    }

    /**
     * Returns the address with its last octets replaced by {@code x}; for IPv6 twice as many groups, written as eight
     * groups.
     */
    String masked(int parts) {
        StringBuilder text = new StringBuilder(40);
        boolean four = bytes.length == 4;
        int pieces = four ? 4 : GROUPS;
        int shown = Math.max(0, pieces - (four ? parts : 2 * parts));
        for (int i = 0; i < pieces; i++) {
            text.append(i == 0 ? "" : four ? "." : ":");
            if (i >= shown) {
                text.append('x');
            } else if (four) {
                text.append(bytes[i] & 0xff);
            } else {
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int i) {
        return (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Returns the canonical text form; for IPv6 that of RFC 5952. */
    @Override
    public String toString() {
        if (bytes.length == 4) {
            return masked(0);
        }
        int from = 0;
        int longest = 1;
        for (int i = 0; i < GROUPS; ) {
            int end = i;
            while (end < GROUPS && group(end) == 0) {
                end++;
            }
            if (end - i > longest) {
                longest = end - i;
                from = i;
            }
            i = end + 1;
        }
        if (longest == 1) {
            return masked(0);
        }
        StringBuilder text = new StringBuilder(40);
        for (int i = 0; i < GROUPS; i++) {
            if (i == from) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }
}
