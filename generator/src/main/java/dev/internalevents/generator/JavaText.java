package dev.internalevents.generator;

import java.util.Locale;
import javax.lang.model.SourceVersion;

/** Converts names and texts of definitions for use in Java sources. */
final class JavaText {

    private JavaText() {}

    /** Converts {@code request_awesome_feature} to {@code RequestAwesomeFeature}. */
    static String typeName(String name) {
        StringBuilder type = new StringBuilder();
        for (String word : name.split("[^A-Za-z0-9]+", -1)) {
            if (!word.isEmpty()) {
                type.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        String text = type.toString();
        return text.isEmpty() || !Character.isJavaIdentifierStart(text.charAt(0)) ? "Event" + text : text;
    }

    /** Converts {@code model_engine} to {@code modelEngine}. */
    static String methodName(String name) {
        String type = typeName(name);
        String method = type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
        return SourceVersion.isKeyword(method) ? method + "_" : method;
    }

    /** Escapes a text for a Javadoc comment: it cannot end the comment, and contains no tags and no Unicode escapes. */
    static String javadoc(String text) {
        StringBuilder safe = new StringBuilder();
        for (char c : text.strip().toCharArray()) {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '@' -> safe.append("&#64;");
                case '{' -> safe.append("&#123;");
                case '}' -> safe.append("&#125;");
                case '*' -> safe.append("&#42;");
                case '\\' -> safe.append("&#92;");
                case '\n', '\r', '\t' -> safe.append(' ');
                default -> safe.append(c);
            }
        }
        return safe.toString().replaceAll(" +", " ");
    }

    /** Returns an escaped text as a sentence: adds a full stop if it does not end with a punctuation mark. */
    static String sentence(String text) {
        String safe = javadoc(text);
        return safe.matches("(?s).*[.!?]") ? safe : safe + ".";
    }
}
