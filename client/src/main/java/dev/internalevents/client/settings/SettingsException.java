package dev.internalevents.client.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings that are wrong: one message for each variable, with its name, its value and what was expected. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** @param problems one sentence for each setting, which begins with its name */
    public SettingsException(List<String> problems) {
        this(problems, null);
    }

    /**
     * Settings that something else found wrong.
     *
     * @param problems one sentence for each setting, which begins with its name
     */
    public SettingsException(List<String> problems, @Nullable Throwable cause) {
        super(String.join(System.lineSeparator(), problems), cause);
        this.problems = List.copyOf(problems);
    }

    /** One sentence a variable. */
    public List<String> problems() {
        return problems;
    }
}
