package dev.internalevents.client.definitions;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Kinds of sensitive text that events must not carry. A text without a suspicious character costs one scan for each
 * kind.
 */
enum SensitiveText {
    PRIVATE_KEY("a private key", "-----BEGIN [A-Z ]*PRIVATE KEY"),
    TOKEN(
            "a token",
            "(?i:\\bbearer\\s+)[A-Za-z0-9._~+/=-]{16,}"
                    + "|\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\."
                    + "|\\b(?:glpat|gldt|glrt|ghp|gho|xox[bp])[-_][A-Za-z0-9_-]{16,}"),
    EMAIL_ADDRESS("an e-mail address", "[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}\\b"),
    IP_ADDRESS(
            "an IP address",
            "(?<![\\w.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\w.])"
                    + "|(?<![\\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\\w:])"
                    + "|(?<![\\w:])(?=[^\\s]*\\d)(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}(?![\\w:])");

    private static final SensitiveText[] VALUES = values();
    private static final int SHORTEST = 7;

    /** Only the beginning of a longer text is checked, so that the check stays cheap for any input. */
    private static final int LONGEST = 4_096;

    private final String words;
    private final Pattern pattern;

    SensitiveText(String words, String pattern) {
        this.words = words;
        this.pattern = Pattern.compile(pattern);
    }

    /** For example {@code an e-mail address}. */
    String words() {
        return words;
    }

    static Optional<SensitiveText> in(String text) {
        if (text.length() < SHORTEST) {
            return Optional.empty();
        }
        String checked = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        for (SensitiveText kind : VALUES) {
            if (kind.possible(checked) && kind.pattern.matcher(checked).find()) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private boolean possible(String text) {
        return switch (this) {
            case PRIVATE_KEY -> text.contains("-----BEGIN");
            case EMAIL_ADDRESS -> text.indexOf('@') > 0;
            case IP_ADDRESS -> count(text, '.') >= 3 || count(text, ':') >= 2;
            case TOKEN -> text.length() > 20;
        };
    }

    private static int count(String text, char wanted) {
        int count = 0;
        for (int at = text.indexOf(wanted); at >= 0 && count < 3; at = text.indexOf(wanted, at + 1)) {
            count++;
        }
        return count;
    }

    /** Returns the text that replaces a masked value. */
    String mask() {
        return "[masked: " + words + "]";
    }
}
