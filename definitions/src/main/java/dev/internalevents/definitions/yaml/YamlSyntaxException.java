package dev.internalevents.definitions.yaml;

/** A text is no YAML, or YAML that a definition may not use. */
public final class YamlSyntaxException extends Exception {

    private final int line;

    YamlSyntaxException(int line, String message) {
        super(message);
        this.line = line;
    }

    /** From 1. */
    public int line() {
        return line;
    }
}
