package dev.internalevents.spring;

import dev.internalevents.client.settings.SettingsException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.unit.DataSize;

/**
 * Collects the properties {@code internal-events.*} whose values have the wrong type. Spring would stop at the first
 * one; here all of them are reported together with the other problems.
 */
final class UnreadableProperties implements ConfigurationPropertiesBindHandlerAdvisor, SmartInitializingSingleton {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("internal-events");

    private final Map<String, String> problems = new LinkedHashMap<>();

    @Override
    public BindHandler apply(BindHandler bindHandler) {
        return new AbstractBindHandler(bindHandler) {
            @Override
            public @Nullable Object onFailure(
                    ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
                    throws Exception {
                ConfigurationProperty property = context.getConfigurationProperty();
                if (!PREFIX.isAncestorOf(name) || property == null) {
                    return super.onFailure(name, target, context, error);
                }
                note(property, target, error);
                return null;
            }
        };
    }

    private synchronized void note(ConfigurationProperty property, Bindable<?> target, Exception error) {
        String name = property.getName().toString();
        String where = property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        problems.put(
                name, name + ": " + what(property.getValue(), target.getType().resolve(), error) + where);
    }

    private static String what(Object value, @Nullable Class<?> type, Exception error) {
        if (!(error instanceof ConversionException) || type == null) {
            return String.valueOf(error.getMessage());
        }
        return "\"" + value + "\" is not " + expected(type);
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> ((Enum<?>) constant)
                                    .name()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', '-'))
                            .collect(Collectors.joining(", "));
        } else if (type == Integer.class) {
            return "a whole number";
        } else if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        } else if (type == Duration.class) {
            return "a duration; expected for example 500ms, 5s or 2m";
        } else if (type == DataSize.class) {
            return "a size; expected for example 64KB or 16MB";
        }
        return "a valid value";
    }

    /** Returns the problems so far, by property name. */
    synchronized Map<String, String> problems() {
        return new LinkedHashMap<>(problems);
    }

    /** Reports the problems if an application declares its own settings and client, which do not ask for them. */
    @Override
    public void afterSingletonsInstantiated() {
        if (!problems().isEmpty()) {
            throw new SettingsException(List.copyOf(problems().values()));
        }
    }
}
