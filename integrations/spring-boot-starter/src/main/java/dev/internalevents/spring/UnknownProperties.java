package dev.internalevents.spring;

import dev.internalevents.definitions.check.NearestName;
import dev.internalevents.protocol.Printable;
import dev.internalevents.spring.api.EventApiProperties;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Finds properties {@code internal-events.*} that do not exist, such as misspelt ones, which Spring ignores. */
final class UnknownProperties {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("internal-events");

    private static final List<ConfigurationPropertyName> KNOWN = Stream.of(
                    names(PREFIX, InternalEventsProperties.class),
                    names(PREFIX.append("billing"), BillingEventsProperties.class),
                    names(PREFIX.append("api"), EventApiProperties.class))
            .flatMap(names -> names)
            .toList();

    private UnknownProperties() {}

    /** Returns a sentence for each of them, which names the property that was probably meant. */
    static List<String> of(Environment environment) {
        TreeSet<ConfigurationPropertyName> unknown = new TreeSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            // A variable with such a name may be that of another program.
            if (source instanceof IterableConfigurationPropertySource properties
                    && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
                properties.stream()
                        .filter(name -> PREFIX.isAncestorOf(name) && !isKnown(name))
                        .forEach(unknown::add);
            }
        }
        return unknown.stream().map(UnknownProperties::sentence).toList();
    }

    private static boolean isKnown(ConfigurationPropertyName name) {
        // Elements of lists and maps are below a known name.
        return KNOWN.stream()
                .anyMatch(known -> known.equals(name) || known.isAncestorOf(name) || name.isAncestorOf(known));
    }

    private static String sentence(ConfigurationPropertyName name) {
        String hint = NearestName.of(
                        withoutPrefix(name),
                        KNOWN.stream().map(UnknownProperties::withoutPrefix).toList())
                .map(nearest -> "; did you mean " + PREFIX + "." + nearest + "?")
                .orElse("; docs/settings.md lists all properties");
        return Printable.of(name.toString()) + " is set, but there is no such property" + hint;
    }

    private static String withoutPrefix(ConfigurationPropertyName name) {
        return name.subName(PREFIX.getNumberOfElements()).toString().toLowerCase(Locale.ROOT);
    }

    private static Stream<ConfigurationPropertyName> names(ConfigurationPropertyName prefix, Class<?> properties) {
        return Arrays.stream(properties.getRecordComponents()).flatMap(component -> {
            ConfigurationPropertyName name = prefix.append(DataObjectPropertyName.toDashedForm(component.getName()));
            return component.getType().isRecord() ? names(name, component.getType()) : Stream.of(name);
        });
    }
}
