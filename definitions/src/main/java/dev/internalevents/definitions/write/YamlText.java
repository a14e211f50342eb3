package dev.internalevents.definitions.write;

import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Status;
import dev.internalevents.definitions.ValueType;
import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Writes a YAML file key by key in the style of Ruby's writer, which GitLab's generator uses: texts are not quoted if
 * they can be read back unquoted, and lines are wrapped after column 150.
 */
final class YamlText {

    private static final int WIDTH = 150;
    private static final int INDENT = 2;

    /** Texts that YAML 1.1, the version that Ruby reads, parses as something else. */
    private static final Pattern NO_TEXT = Pattern.compile("(?i)|~|null|yes|true|on|no|false|off"
            + "|\\d{4}-\\d{1,2}-\\d{1,2}([Tt ].*)?"
            + "|[-+]?\\.inf|\\.nan"
            + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9]){1,2}(\\.[0-9_]*)?"
            + "|[-+]?([0-9][0-9_,]*\\.[0-9]*|\\.[0-9]+)(e[-+][0-9]+)?"
            + "|[-+]?0b[01_,]+|[-+]?[0-9][0-9_,]*|[-+]?0x[0-9a-f_,]+"
            + "|<<");

    private static final Pattern BEGINS_LIKE_A_NUMBER = Pattern.compile("0[0-7]*\\.[0-9].*", Pattern.DOTALL);
    private static final Pattern ONE_LETTER_TRUTH = Pattern.compile("[yYnN]");
    private static final Pattern BEGINS_WITH_A_SIGN =
            Pattern.compile("[^\\p{L}\\p{M}\\p{Nd}\\p{Pc}][^\"]*", Pattern.UNICODE_CHARACTER_CLASS);

    private final StringBuilder out = new StringBuilder("---\n");

    YamlText text(String key, String value) {
        return text(0, key, value);
    }

    /** Adds a key and its text, indented by this many spaces. */
    YamlText text(int indent, String key, String value) {
        return item(indent, key + ": ", value);
    }

    YamlText number(int indent, String key, BigDecimal value) {
        return line(indent, key + ": " + value.stripTrailingZeros().toPlainString());
    }

    /** Adds a word, a number or a boolean without quotes. */
    YamlText plain(String key, String word) {
        return line(0, key + ": " + word);
    }

    YamlText list(String key, List<String> items) {
        line(0, key + (items.isEmpty() ? ": []" : ":"));
        items.forEach(item -> item(0, "- ", item));
        return this;
    }

    YamlText line(int indent, String text) {
        out.append(" ".repeat(indent)).append(text).append('\n');
        return this;
    }

    /** Adds the group and the categories. */
    YamlText owner(Introduction introduction) {
        text(Keys.PRODUCT_GROUP, introduction.productGroup());
        return introduction.productCategories().isEmpty()
                ? this
                : list(Keys.PRODUCT_CATEGORIES, introduction.productCategories());
    }

    /** Adds the keys that all kinds of metrics have after the description. */
    YamlText aboutMetric(Introduction introduction) {
        return owner(introduction)
                .list(Keys.PERFORMANCE_INDICATOR_TYPE, List.of())
                .plain(Keys.VALUE_TYPE, ValueType.NUMBER.term())
                .plain(Keys.STATUS, Status.ACTIVE.term())
                .text(Keys.MILESTONE, introduction.milestone())
                .text(Keys.INTRODUCED_BY_URL, introduction.url());
    }

    private YamlText item(int indent, String before, String value) {
        return line(indent, before + scalar(value, indent + before.length(), indent + INDENT));
    }

    /** Returns a text in the form of a key. */
    static String key(String name) {
        return scalar(name, 0, 0);
    }

    /**
     * Returns a text in the form of a value.
     *
     * @param column where it begins
     * @param indent of its continuation lines
     */
    private static String scalar(String text, int column, int indent) {
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f) || !isPrintable(text)) {
            return doubleQuoted(text);
        } else if (text.codePointCount(0, text.length()) > WIDTH && text.equals(text.strip())) {
            String begin = " ".repeat(indent);
            return ">-\n" + begin + folded(text, indent, indent);
        } else if (ONE_LETTER_TRUTH.matcher(text).matches()
                || BEGINS_WITH_A_SIGN.matcher(text).matches()) {
            return doubleQuoted(text);
        } else if (NO_TEXT.matcher(text).matches()
                || BEGINS_LIKE_A_NUMBER.matcher(text).matches()
                || !isItself(text)) {
            return folded("'" + text.replace("'", "''") + "'", column, indent);
        }
        return folded(text, column, indent);
    }

    /** Returns whether the text can be read back without quotes. */
    private static boolean isItself(String text) {
        try {
            return YamlFile.parse("key: " + text) instanceof YamlValue.Mapping map
                    && map.entries().size() == 1
                    && map.entries().get("key") != null
                    && map.entries().get("key").value() instanceof YamlValue.Text read
                    && read.value().equals(text);
        } catch (YamlSyntaxException e) {
            return false;
        }
    }

    /** Returns whether libyaml, which Ruby uses for writing, considers a text printable. */
    private static boolean isPrintable(String text) {
        return text.codePoints()
                .allMatch(c -> c <= 0xfffd
                        && c != 0xfeff
                        && (c < 0x7f || c >= 0xa0)
                        && c != 0x2028
                        && c != 0x2029
                        && !Character.isSurrogate((char) c));
    }

    /** Wraps a line at the first single space beyond the width. */
    private static String folded(String text, int column, int indent) {
        StringBuilder lines = new StringBuilder();
        int at = column;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean breaks = c == ' '
                    && at > WIDTH
                    && i > 0
                    && text.charAt(i - 1) != ' '
                    && i + 1 < text.length()
                    && text.charAt(i + 1) != ' ';
            if (breaks) {
                lines.append('\n').append(" ".repeat(indent));
                at = indent;
            } else {
                lines.append(c);
                at++;
            }
        }
        return lines.toString();
    }

    private static String doubleQuoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (c == '\t') {
                quoted.append("\\t");
            } else if (c > 0xffff) {
                quoted.append(String.format(Locale.ROOT, "\\U%08X", c));
            } else if (c > 0xff && !isPrintable(Character.toString(c))) {
                quoted.append(String.format(Locale.ROOT, "\\u%04X", c));
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                quoted.append(String.format(Locale.ROOT, "\\x%02X", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
