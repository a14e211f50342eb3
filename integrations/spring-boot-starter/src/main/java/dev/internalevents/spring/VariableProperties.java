package dev.internalevents.spring;

import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The properties of one group that have an environment variable, under both names. */
final class VariableProperties {

    private final String variableGroup;
    private final String propertyGroup;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();

    /**
     * Creates a group without values.
     *
     * @param variableGroup beginning of the variables, for example {@code AIGW_INTERNAL_EVENT__}
     * @param propertyGroup beginning of the properties, for example {@code internal-events.}
     */
    VariableProperties(String variableGroup, String propertyGroup) {
        this.variableGroup = variableGroup;
        this.propertyGroup = propertyGroup;
    }

    /** Adds a property whose variable has the same name, unless the value is null or blank. */
    VariableProperties put(String property, @Nullable Object value) {
        return put(variableGroup + property.replace('-', '_').toUpperCase(Locale.ROOT), property, value);
    }

    /**
     * Adds a property with one value and its plural with several, for a variable that takes both, separated by commas.
     *
     * @throws SettingsException if both are set
     */
    VariableProperties putOneOrMore(String property, @Nullable String one, @Nullable List<String> several) {
        if (several == null || several.isEmpty()) {
            return put(property, one);
        } else if (one != null && !one.isBlank()) {
            throw new SettingsException(List.of(propertyGroup + property + ": is set, and " + propertyGroup + property
                    + "s too; expected one of them"));
        }
        return put(
                variableGroup + property.replace('-', '_').toUpperCase(Locale.ROOT),
                property + "s",
                String.join(",", several));
    }

    /** Adds a property whose variable is not in the group, unless the value is null or blank. */
    VariableProperties put(String variable, String property, @Nullable Object value) {
        if (value != null && !value.toString().isBlank()) {
            variables.put(variable, value.toString());
            properties.put(variable, propertyGroup + property);
        }
        return this;
    }

    /** Sets a variable that has no property in the group; null leaves it as it is. */
    VariableProperties variable(String variable, @Nullable Object value) {
        if (value != null) {
            variables.put(variable, value.toString());
        }
        return this;
    }

    /**
     * Reads settings from the properties and, where none is set, from the environment and {@code .env}.
     *
     * @param prefix the prefix of all variables
     * @throws SettingsException if {@code reading} throws one; its problems name a property that was set rather than
     *     the variable
     */
    <T> T read(String prefix, Function<Settings, T> reading) {
        Map<String, String> all = new HashMap<>(System.getenv());
        all.putAll(variables);
        try {
            return reading.apply(Settings.load(prefix, all, Path.of("")));
        } catch (SettingsException e) {
            throw new SettingsException(e.problems().stream().map(this::named).toList());
        }
    }

    /** Returns the same sentence, naming the property where the value came from a property rather than the variable. */
    String named(String problem) {
        String named = problem;
        for (Map.Entry<String, String> property : properties.entrySet()) {
            named = named.replace(property.getKey(), property.getValue());
        }
        return named;
    }
}
