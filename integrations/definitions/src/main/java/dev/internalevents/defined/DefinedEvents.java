package dev.internalevents.defined;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.NearestName;
import dev.internalevents.definitions.SelectionRule;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks each event where it is tracked: its name is defined, its additional properties are declared and have the right
 * type, and none looks like an e-mail address, an IP address, a token or a private key. Strict, it throws, so that a test
 * fails and a developer learns which file to change; lenient, it logs each kind of problem once, counts it, and the event
 * goes on. Values are never in messages. Safe for use by any number of threads.
 *
 * <pre>{@code
 * InternalEventsClient.builder().endpoint(collector)
 *         .interceptor(DefinedEvents.forEnvironment(Dictionary.load(Path.of(".")), environment))
 *         .build();
 * }</pre>
 */
public final class DefinedEvents implements EventInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(DefinedEvents.class);
    private static final List<String> STRICT_ENVIRONMENTS = List.of("development", "test");
    private static final int MAX_KINDS = 1_000;

    private final Dictionary dictionary;
    private final String eventsFolder;
    private final boolean strict;
    private final boolean masking;
    private final Map<String, LongAdder> problems = new ConcurrentHashMap<>();
    private final Map<String, String> undefinedMessages = new ConcurrentHashMap<>();
    private final Map<String, Set<Identifier>> counted;

    private DefinedEvents(Dictionary dictionary, boolean strict, boolean masking) {
        this.dictionary = dictionary;
        this.eventsFolder = EventsFolder.of(dictionary);
        this.counted = counted(dictionary);
        this.strict = strict;
        this.masking = masking;
    }

    /** What unique metrics count of each event: without it, the event counts nothing there. */
    private static Map<String, Set<Identifier>> counted(Dictionary dictionary) {
        Map<String, Set<Identifier>> counted = new HashMap<>();
        for (MetricDefinition metric : dictionary.metrics()) {
            for (SelectionRule rule : metric.counted() ? metric.rules() : List.<SelectionRule>of()) {
                if (rule.measure() instanceof Measure.Unique unique
                        && unique.by().identifier().isPresent()) {
                    counted.computeIfAbsent(rule.event(), event -> EnumSet.noneOf(Identifier.class))
                            .add(unique.by().identifier().get());
                }
            }
        }
        return counted;
    }

    /** Throws {@link UndefinedEventException} and {@link InvalidPropertyException} out of {@code trackEvent}. */
    public static DefinedEvents strict(Dictionary dictionary) {
        return new DefinedEvents(dictionary, true, false);
    }

    /** Logs each kind of problem once, and counts it. */
    public static DefinedEvents lenient(Dictionary dictionary) {
        return new DefinedEvents(dictionary, false, false);
    }

    /** Strict in {@code development} and {@code test}, lenient everywhere else. */
    public static DefinedEvents forEnvironment(Dictionary dictionary, String environment) {
        return STRICT_ENVIRONMENTS.contains(environment) ? strict(dictionary) : lenient(dictionary);
    }

    /** The same, but that values that look sensitive are replaced before the event goes on, where nothing is thrown. */
    public DefinedEvents masking() {
        return new DefinedEvents(dictionary, strict, true);
    }

    public boolean isStrict() {
        return strict;
    }

    /**
     * How often each kind of problem came up, by its message; 1,000 kinds at most. When strict, what is thrown is not among
     * them.
     */
    public Map<String, Long> problems() {
        return problems.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().sum()));
    }

    @Override
    public AdditionalProperties intercept(EventDetails event) {
        Optional<EventDefinition> defined = dictionary.event(event.name());
        if (defined.isEmpty()) {
            undefined(undefinedMessage(event.name()));
        } else {
            check(event, defined.get());
        }
        return sensitiveChecked(event);
    }

    /** The nearest name is sought once for each that is wrong: looking through all names is no work for every call. */
    private String undefinedMessage(String name) {
        String known = undefinedMessages.get(name);
        if (known != null) {
            return known;
        }
        String message =
                "the event \"" + name + "\" is not defined; expected a file " + eventsFolder + "/" + name + ".yml";
        if (undefinedMessages.size() >= MAX_KINDS) {
            return message;
        }
        List<String> names =
                dictionary.events().stream().map(EventDefinition::action).toList();
        String whole = message + NearestName.hint(name, names);
        undefinedMessages.put(name, whole);
        return whole;
    }

    private void check(EventDetails event, EventDefinition defined) {
        if (defined.removed()) {
            undefined("the event \"" + event.name() + "\" is removed (" + defined.source() + "); track no more of it");
        }
        counted.getOrDefault(event.name(), Set.of()).forEach(identifier -> {
            if (isMissing(identifier, event.context())) {
                // Nothing is wrong with the event; a number will be too low.
                note("the event \"" + event.name() + "\" has no " + identifier.term()
                        + ", and metrics that count unique " + identifier.term() + "s leave it out");
            }
        });
        AdditionalProperties properties = event.properties();
        if (properties.label() != null) {
            declared("label", defined);
        }
        if (properties.property() != null) {
            declared("property", defined);
        }
        if (properties.value() != null) {
            declared("value", defined);
        }
        properties.extra().forEach((key, value) -> {
            if (key.equals("label") || key.equals("property")) {
                invalid(key, defined, "must be a string, is " + describe(value));
            } else if (key.equals("value")) {
                invalid(key, defined, "must be a number, is " + describe(value));
            } else if (declared(key, defined) && !(value instanceof String) && !(value instanceof Number)) {
                invalid(key, defined, "must be a string or a number, is " + describe(value));
            }
        });
    }

    private static boolean isMissing(Identifier identifier, EventContext context) {
        return switch (identifier) {
            case USER -> context.userId() == null && context.globalUserId() == null;
            case PROJECT -> context.projectId() == null;
            case NAMESPACE -> context.namespaceId() == null;
            case FEATURE_ENABLED_BY_NAMESPACE_IDS -> false;
        };
    }

    private static String describe(Object value) {
        if (value instanceof String) {
            return "a string";
        } else if (value instanceof Number) {
            return "a number";
        } else if (value instanceof Boolean) {
            return "a boolean";
        }
        return value instanceof Map ? "a map" : "a list";
    }

    private boolean declared(String property, EventDefinition defined) {
        boolean declared = defined.additionalProperties().containsKey(property);
        if (!declared) {
            List<String> names = List.copyOf(defined.additionalProperties().keySet());
            invalid(
                    property,
                    defined,
                    "is not declared; declared: " + (names.isEmpty() ? "none" : String.join(", ", names))
                            + NearestName.hint(property, names));
        }
        return declared;
    }

    /** The properties, masked where that was asked for. */
    private AdditionalProperties sensitiveChecked(EventDetails event) {
        AdditionalProperties properties = event.properties();
        String label = checked(event, "label", properties.label());
        String property = checked(event, "property", properties.property());
        boolean changed =
                !Objects.equals(label, properties.label()) || !Objects.equals(property, properties.property());
        Map<String, Object> extra = properties.extra();
        Map<String, Object> others = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : extra.entrySet()) {
            Object value =
                    entry.getValue() instanceof String text ? checked(event, entry.getKey(), text) : entry.getValue();
            changed |= !Objects.equals(value, entry.getValue());
            others.put(entry.getKey(), value);
        }
        if (!changed) {
            return properties;
        }
        AdditionalProperties.Builder masked =
                AdditionalProperties.builder().label(label).property(property).value(properties.value());
        others.forEach(masked::put);
        return masked.build();
    }

    /** The same text, or its mask. */
    private @Nullable String checked(EventDetails event, String key, @Nullable String text) {
        Optional<SensitiveText> kind = text == null ? Optional.empty() : SensitiveText.in(text);
        if (kind.isEmpty()) {
            return text;
        }
        String message = "the property \"" + key + "\" of the event \"" + event.name() + "\" looks like "
                + kind.get().words() + "; events must not carry it";
        if (strict) {
            throw new InvalidPropertyException(message);
        }
        note(message);
        return masking ? kind.get().mask() : text;
    }

    private void undefined(String message) {
        if (strict) {
            throw new UndefinedEventException(message);
        }
        note(message);
    }

    private void invalid(String property, EventDefinition defined, String what) {
        String message = "the property \"" + property + "\" of the event \"" + defined.action() + "\" " + what + " ("
                + defined.source() + ")";
        if (strict) {
            throw new InvalidPropertyException(message);
        }
        note(message);
    }

    private void note(String message) {
        LongAdder count = problems.get(message);
        if (count == null && problems.size() < MAX_KINDS) {
            LongAdder fresh = new LongAdder();
            count = problems.putIfAbsent(message, fresh);
            if (count == null) {
                LOG.warn("{}; this is logged once and counted", message);
                count = fresh;
            }
        }
        if (count != null) {
            count.increment();
        }
    }
}
