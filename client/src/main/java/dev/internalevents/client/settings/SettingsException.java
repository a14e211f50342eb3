package dev.internalevents.client.settings;

import java.util.List;

/** Settings that are wrong: one message for each variable, with its name, its value and what was expected. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    SettingsException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence a variable. */
    public List<String> problems() {
        return problems;
    }
}
