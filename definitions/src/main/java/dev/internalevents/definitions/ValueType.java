package dev.internalevents.definitions;

/** The JSON type of a metric's value. */
public enum ValueType implements Term {
    NUMBER("number"),
    STRING("string"),
    BOOLEAN("boolean"),
    OBJECT("object");

    private final String term;

    ValueType(String term) {
        this.term = term;
    }

    @Override
    public String term() {
        return term;
    }
}
