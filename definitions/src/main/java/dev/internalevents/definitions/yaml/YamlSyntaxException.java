package dev.internalevents.definitions.yaml;

/** Thrown when a text is not valid YAML, or is YAML that is not allowed in definitions. */
public final class YamlSyntaxException extends Exception {

    private final int line;

    YamlSyntaxException(int line, String message) {
        super(message);
        this.line = line;
    }

    /** Returns the line, from 1. */
    public int line() {
        return line;
    }
}
