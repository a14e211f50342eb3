package dev.internalevents.client.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thrown for invalid settings: one message for each variable, with its name, its value and what was expected. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** @param problems one sentence for each setting, which begins with its name */
    public SettingsException(List<String> problems) {
        this(problems, null);
    }

    /**
     * Creates the exception for settings that other code found invalid.
     *
     * @param problems one sentence for each setting, which begins with its name
     */
    public SettingsException(List<String> problems, @Nullable Throwable cause) {
        super(String.join(System.lineSeparator(), problems), cause);
        this.problems = List.copyOf(problems);
    }

    /** Returns one sentence for each variable. */
    public List<String> problems() {
        return problems;
    }
}
