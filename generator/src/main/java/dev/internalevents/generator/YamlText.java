package dev.internalevents.generator;

import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue;
import java.util.List;
import java.util.Locale;

/** A YAML file that is written key by key, with quotes where a text would be read as something else. */
final class YamlText {

    private final StringBuilder out = new StringBuilder("---\n");

    YamlText text(String key, String value) {
        return line(0, key + ": " + scalar(value));
    }

    /** Always in quotes, as versions are: 18.10 is not 18.1. */
    YamlText quoted(String key, String value) {
        return line(0, key + ": " + quote(value));
    }

    /** A word, a number or a truth, as it is. */
    YamlText plain(String key, String word) {
        return line(0, key + ": " + word);
    }

    YamlText list(String key, List<String> items) {
        line(0, key + (items.isEmpty() ? ": []" : ":"));
        items.forEach(item -> line(0, "- " + scalar(item)));
        return this;
    }

    YamlText line(int indent, String text) {
        out.append(" ".repeat(indent)).append(text).append('\n');
        return this;
    }

    /** The text as a value, without quotes where it is read as itself then. */
    static String scalar(String text) {
        try {
            boolean itself = YamlFile.parse("key: " + text) instanceof YamlValue.Mapping map
                    && map.entries().size() == 1
                    && map.entries().get("key") != null
                    && map.entries().get("key").value() instanceof YamlValue.Text read
                    && read.value().equals(text);
            return itself ? text : quote(text);
        } catch (YamlSyntaxException e) {
            return quote(text);
        }
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
