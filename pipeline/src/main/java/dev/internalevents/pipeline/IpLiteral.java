package dev.internalevents.pipeline;

import java.util.Arrays;

/**
 * Finds addresses in a text, position by position, in constant time for each position. In lenient mode it also accepts
 * characters escaped as in URLs ({@code %3A}) or in JSON, and octets with leading zeros. Not thread-safe.
 */
final class IpLiteral {

    /** The length of {@code ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255}. */
    static final int MAX_LENGTH = 45;

    private static final int NONE = -1;

    private final String text;
    private final boolean lenient;
    private final int[] groups = new int[8];
    private int width;
    private int end;
    private byte[] bytes = {};

    private IpLiteral(String text, boolean lenient) {
        this.text = text;
        this.lenient = lenient;
    }

    static IpLiteral strict(String text) {
        return new IpLiteral(text, false);
    }

    static IpLiteral lenient(String text) {
        return new IpLiteral(text, true);
    }

    /**
     * Returns whether an address begins at a position. If so, {@link #end} and {@link #bytes} describe the longest one.
     */
    boolean matchesAt(int at) {
        int first = charAt(at);
        if (hex(first) < 0 && first != ':') {
            return false;
        }
        return six(at) || four(at);
    }

    /** Returns the position after the address. */
    int end() {
        return end;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Returns how many characters of the text the character at a position takes. */
    int widthAt(int at) {
        charAt(at);
        return Math.max(1, width);
    }

    private boolean four(int from) {
        int at = from;
        byte[] octets = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                if (charAt(at) != '.') {
                    return false;
                }
                at += width;
            }
            int octet = 0;
            int digits = 0;
            for (int c = charAt(at);
                    c >= '0' && c <= '9' && digits < 3 && octet * 10 + c - '0' <= 255;
                    c = charAt(at)) {
                if (!lenient && digits > 0 && octet == 0) {
                    return false;
                }
                octet = octet * 10 + c - '0';
                digits++;
                at += width;
            }
            if (digits == 0) {
                return false;
            }
            octets[i] = (byte) octet;
        }
        bytes = octets;
        end = at;
        return true;
    }

    private boolean six(int from) {
        Arrays.fill(groups, 0);
        int count = 0;
        int gap = NONE;
        int at = from;
        int found = NONE;
        byte[] whole = {};
        if (charAt(at) == ':') {
            at += width;
            if (charAt(at) != ':') {
                return false;
            }
            at += width;
            gap = 0;
        }
        while (count < 8) {
            if (count <= 6 && (count > 0 || gap >= 0) && four(at)) {
                groups[count++] = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
                groups[count++] = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
                if (gap >= 0 ? count < 8 : count == 8) {
                    found = end;
                    whole = bytes(count, gap);
                    break;
                }
                count -= 2;
            }
            int digits = 0;
            int group = 0;
            for (int digit = hex(charAt(at)); digit >= 0 && digits < 4; digit = hex(charAt(at))) {
                group = group << 4 | digit;
                digits++;
                at += width;
            }
            if (digits == 0) {
                break;
            }
            groups[count++] = group;
            if (gap >= 0 ? count < 8 : count == 8) {
                found = at;
                whole = bytes(count, gap);
            }
            if (charAt(at) != ':') {
                break;
            }
            at += width;
            if (charAt(at) == ':') {
                if (gap >= 0) {
                    break;
                }
                gap = count;
                at += width;
                if (count < 8) {
                    found = at;
                    whole = bytes(count, gap);
                }
            }
        }
        if (found == NONE && gap == 0 && count == 0) {
            found = at;
            whole = new byte[16];
        }
        if (found == NONE) {
            return false;
        }
        end = found;
        bytes = whole;
        return true;
    }

    private byte[] bytes(int count, int gap) {
        byte[] address = new byte[16];
        for (int i = 0; i < count; i++) {
            int place = gap >= 0 && i >= gap ? 8 - count + i : i;
            address[2 * place] = (byte) (groups[i] >> 8);
            address[2 * place + 1] = (byte) groups[i];
        }
        return address;
    }

    /** Returns the unescaped character at a position, and sets its width; returns -1 at the end. */
    private int charAt(int at) {
        width = 0;
        if (at >= text.length()) {
            return NONE;
        }
        width = 1;
        char c = text.charAt(at);
        if (lenient && c == '%') {
            return escaped(at, 3);
        }
        if (lenient && c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == 'u') {
            return escaped(at, 6);
        }
        return c;
    }

    private int escaped(int at, int length) {
        if (at + length > text.length()) {
            return text.charAt(at);
        }
        int code = 0;
        for (int i = length == 3 ? at + 1 : at + 2; i < at + length; i++) {
            int digit = hex(text.charAt(i));
            if (digit < 0) {
                return text.charAt(at);
            }
            code = code << 4 | digit;
        }
        if (code >= 0x80) {
            return text.charAt(at);
        }
        width = length;
        return code;
    }

    private static int hex(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : NONE;
    }
}
