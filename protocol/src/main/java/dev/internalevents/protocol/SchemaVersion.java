package dev.internalevents.protocol;

/**
 * A SchemaVer: {@code model-revision-addition}, for example {@code 1-0-4}.
 *
 * @param model 0 or more; raised by a breaking change
 * @param revision 0 or more; raised by a change that may break some data
 * @param addition 0 or more; raised by a compatible change
 */
public record SchemaVersion(int model, int revision, int addition) implements Comparable<SchemaVersion> {

    public SchemaVersion {
        if (model < 0 || revision < 0 || addition < 0) {
            throw new IllegalArgumentException(
                    "a schema version has no negative numbers, got " + model + "-" + revision + "-" + addition);
        }
    }

    /**
     * Parses a version such as {@code 1-0-4}.
     *
     * @throws IllegalArgumentException if the text is not three whole numbers without leading zeros, joined by
     *     {@code -}
     */
    public static SchemaVersion parse(String text) {
        String[] parts = text.split("-", -1);
        if (parts.length == 3) {
            try {
                return new SchemaVersion(number(parts[0]), number(parts[1]), number(parts[2]));
            } catch (NumberFormatException e) {
                // Reported below with the whole text.
            }
        }
        throw new IllegalArgumentException(
                "\"" + text + "\" is not a schema version; expected MODEL-REVISION-ADDITION," + " for example 1-0-0");
    }

    private static int number(String digits) {
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            throw new NumberFormatException(digits);
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                throw new NumberFormatException(digits);
            }
        }
        return Integer.parseInt(digits);
    }

    @Override
    public int compareTo(SchemaVersion other) {
        if (model != other.model) {
            return Integer.compare(model, other.model);
        }
        return revision != other.revision
                ? Integer.compare(revision, other.revision)
                : Integer.compare(addition, other.addition);
    }

    @Override
    public String toString() {
        return model + "-" + revision + "-" + addition;
    }
}
