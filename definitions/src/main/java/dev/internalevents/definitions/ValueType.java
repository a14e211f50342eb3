package dev.internalevents.definitions;

/** The JSON type of a metric's value. */
public enum ValueType implements Term {
    NUMBER,
    STRING,
    BOOLEAN,
    OBJECT
}
