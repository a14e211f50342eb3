package dev.internalevents.client.definitions;

import java.util.Optional;
import java.util.regex.Pattern;

/** What a text looks like that has no place in an event. Texts without a suspicious character cost one look at each. */
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

    /** Of a longer text the beginning is looked at: the check must stay cheap whatever is tracked. */
    private static final int LONGEST = 4_096;

    private final String words;
    private final Pattern pattern;

    SensitiveText(String words, String pattern) {
        this.words = words;
        this.pattern = Pattern.compile(pattern);
    }

    /** {@code an e-mail address}. */
    String words() {
        return words;
    }

    static Optional<SensitiveText> in(String text) {
        if (text.length() < SHORTEST) {
            return Optional.empty();
        }
        String looked = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        for (SensitiveText kind : VALUES) {
            if (kind.possible(looked) && kind.pattern.matcher(looked).find()) {
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

    /** What stands in the text's place when it is masked. */
    String mask() {
        return "[masked: " + words + "]";
    }
}
