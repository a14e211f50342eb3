package dev.internalevents.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Predicate;

/**
 * Decodes a text through its encodings: percent-encoding, up to three nested levels of JSON escapes, and pieces of
 * base64. Invalid escapes are left as they are.
 */
final class TextForms {

    /** A request is JSON, its contexts are JSON strings of JSON, and their values can be JSON again. */
    private static final int MAX_ESCAPED = 3;

    private static final int MIN_BASE64 = 16;
    private static final char REPLACEMENT = '\ufffd';

    private TextForms() {}

    /**
     * Returns whether a test matches bytes in any of their possible character encodings, or any decoded form of them.
     */
    static boolean anyMatch(byte[] bytes, Predicate<String> test) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (anyMatch(text, test)) {
            return true;
        }
        boolean isUtf16 = text.indexOf('\0') >= 0;
        return (isUtf16
                        && (anyMatch(new String(bytes, StandardCharsets.UTF_16BE), test)
                                || anyMatch(new String(bytes, StandardCharsets.UTF_16LE), test)))
                || (text.indexOf(REPLACEMENT) >= 0 && anyMatch(new String(bytes, StandardCharsets.ISO_8859_1), test));
    }

    /** Returns whether a test matches a text or any decoded form of it. */
    static boolean anyMatch(String text, Predicate<String> test) {
        return matches(text, test, true);
    }

    private static boolean matches(String text, Predicate<String> test, boolean hasBase64) {
        if (escapedMatches(text, test, hasBase64)) {
            return true;
        }
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return false;
        }
        byte[] plain = percentDecoded(text);
        String decoded = new String(plain, StandardCharsets.UTF_8);
        return escapedMatches(decoded, test, hasBase64)
                || (decoded.indexOf(REPLACEMENT) >= 0
                        && escapedMatches(new String(plain, StandardCharsets.ISO_8859_1), test, false));
    }

    private static boolean escapedMatches(String text, Predicate<String> test, boolean hasBase64) {
        String form = text;
        for (int level = 0; ; level++) {
            if (test.test(form)) {
                return true;
            }
            if (level == MAX_ESCAPED || form.indexOf('\\') < 0) {
                break;
            }
            form = unescaped(form);
        }
        if (!hasBase64) {
            return false;
        }
        String decoded = base64Decoded(form);
        return !decoded.isEmpty() && matches(decoded, test, false);
    }

    /** Returns a text without JSON escapes. */
    static String unescaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        int from = 0;
        for (int at = text.indexOf('\\'); at >= 0 && at + 1 < text.length(); at = text.indexOf('\\', from)) {
            plain.append(text, from, at);
            char c = text.charAt(at + 1);
            int unit = c == 'u' ? unit(text, at + 2) : -1;
            if (unit >= 0) {
                plain.append((char) unit);
                from = at + 6;
                continue;
            }
            switch (c) {
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case '"', '\\', '/' -> plain.append(c);
                default -> plain.append('\\').append(c);
            }
            from = at + 2;
        }
        return plain.append(text, from, text.length()).toString();
    }

    private static int unit(String text, int from) {
        if (from + 4 > text.length()) {
            return -1;
        }
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = hex(text.charAt(i));
            if (digit < 0) {
                return -1;
            }
            unit = 16 * unit + digit;
        }
        return unit;
    }

    private static int hex(int c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    private static byte[] percentDecoded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int to = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte c = bytes[i];
            if (c == '%' && i + 2 < bytes.length) {
                int high = bytes[i + 1] < 0 ? -1 : hex(bytes[i + 1]);
                int low = bytes[i + 2] < 0 ? -1 : hex(bytes[i + 2]);
                if (high >= 0 && low >= 0) {
                    c = (byte) (16 * high + low);
                    i += 2;
                }
            } else if (c == '+') {
                c = ' ';
            }
            bytes[to++] = c;
        }
        return Arrays.copyOf(bytes, to);
    }

    /** Decodes each long piece of base64, one per line. */
    private static String base64Decoded(String text) {
        StringBuilder all = new StringBuilder();
        StringBuilder piece = new StringBuilder();
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : 0;
            if (isBase64(c)) {
                piece.append(c == '+' ? '-' : c == '/' ? '_' : c);
            } else if (!isBlank(c) || piece.length() % 4 != 0) {
                // If base64 continues on the next line, this line consists of complete groups of four.
                addDecoded(piece, all);
                piece.setLength(0);
            }
        }
        return all.toString();
    }

    private static void addDecoded(StringBuilder piece, StringBuilder all) {
        // Base64 cannot have a length of 4n + 1.
        int length = piece.length() % 4 == 1 ? piece.length() - 1 : piece.length();
        if (length >= MIN_BASE64) {
            byte[] decoded = Base64.getUrlDecoder().decode(piece.substring(0, length));
            all.append(new String(decoded, StandardCharsets.UTF_8)).append('\n');
        }
    }

    private static boolean isBlank(char c) {
        return c == '\n' || c == '\r' || c == ' ' || c == '\t';
    }

    private static boolean isBase64(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '/'
                || c == '-'
                || c == '_';
    }
}
