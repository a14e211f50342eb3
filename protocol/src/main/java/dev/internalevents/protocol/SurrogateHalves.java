package dev.internalevents.protocol;

/** Finds half a surrogate pair, which scripts produce by cutting an emoji in two, and which UTF-8 cannot encode. */
final class SurrogateHalves {

    private SurrogateHalves() {}

    /**
     * Returns a string unchanged.
     *
     * @throws MalformedPayloadException if it contains half a surrogate pair
     */
    static String refused(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    throw new MalformedPayloadException(String.format(
                            "not Unicode: half a surrogate pair (\\u%04x) at character %d of the string \"%s\"",
                            (int) c, i, Abbreviated.of(text.replace(c, '\ufffd'))));
                }
            }
        }
        return text;
    }

    /** Returns a JSON text with each escape of half a surrogate pair replaced by the escape of U+FFFD. */
    static String replaced(String json) {
        char[] text = json.toCharArray();
        int i = 0;
        while (i < text.length) {
            if (text[i] != '\\') {
                i++;
                continue;
            }
            int unit = escaped(text, i);
            if (unit < 0) {
                i += 2;
            } else if (Character.isHighSurrogate((char) unit)
                    && Character.isLowSurrogate((char) Math.max(0, escaped(text, i + 6)))) {
                i += 12;
            } else {
                if (Character.isSurrogate((char) unit)) {
                    "fffd".getChars(0, 4, text, i + 2);
                }
                i += 6;
            }
        }
        return new String(text);
    }

    /** Returns the UTF-16 unit that the escape at this index stands for; -1 if there is no escape. */
    private static int escaped(char[] text, int at) {
        if (at + 6 > text.length || text[at] != '\\' || text[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = 16 * unit + digit;
        }
        return unit;
    }
}
