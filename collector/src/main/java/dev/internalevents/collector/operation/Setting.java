package dev.internalevents.collector.operation;

/** Checks the values of settings. */
public final class Setting {

    private Setting() {}

    /**
     * Checks a value.
     *
     * @throws IllegalArgumentException if it is invalid; the message names the setting and what is expected
     */
    public static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
