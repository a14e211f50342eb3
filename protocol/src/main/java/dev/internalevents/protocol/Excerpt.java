package dev.internalevents.protocol;

/** Shortens untrusted text for messages. */
public final class Excerpt {

    private Excerpt() {}

    /**
     * Returns the text, or its beginning followed by {@code …}.
     *
     * @param most the most characters of the text, 1 or more; one less where a surrogate pair would be cut in two, half
     *     of which UTF-8 cannot encode
     */
    public static String of(String text, int most) {
        return text.length() <= most ? text : beginning(text, most) + "…";
    }

    static String beginning(String text, int most) {
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
