package dev.internalevents.collector.operation;

/** Checks the values of settings. */
public final class Setting {

    private Setting() {}

    /** @throws IllegalArgumentException if the value is invalid; the message names the setting and what is expected */
    public static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
