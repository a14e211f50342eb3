package dev.internalevents.definitions.yaml;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** A value in a YAML file, and the line on which it begins, from 1. */
public sealed interface YamlValue {

    int line();

    /** Describes the value for an error message: {@code a list}, {@code the number 16.4}. */
    String describe();

    /** A text, without its quotes. */
    record Text(int line, String value) implements YamlValue {
        @Override
        public String describe() {
            return value.isEmpty() ? "an empty text" : "the text \"" + shortened(value) + "\"";
        }
    }

    /**
     * A number.
     *
     * @param value without trailing zeros
     * @param written as written in the file, {@code 16.10}
     */
    record Numeric(int line, BigDecimal value, String written) implements YamlValue {
        @Override
        public String describe() {
            return "the number " + shortened(written);
        }
    }

    record Truth(int line, boolean value) implements YamlValue {
        @Override
        public String describe() {
            return String.valueOf(value);
        }
    }

    record Nothing(int line) implements YamlValue {
        @Override
        public String describe() {
            return "nothing";
        }
    }

    record Sequence(int line, List<YamlValue> items) implements YamlValue {
        @Override
        public String describe() {
            return "a list";
        }
    }

    /** Keys and values, in the order of the file. */
    record Mapping(int line, Map<String, Entry> entries) implements YamlValue {
        @Override
        public String describe() {
            return "a map";
        }
    }

    /** A key's line, and its value. */
    record Entry(int line, YamlValue value) {}

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "…";
    }
}
