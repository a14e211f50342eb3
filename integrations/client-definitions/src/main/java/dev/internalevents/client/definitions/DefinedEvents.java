package dev.internalevents.client.definitions;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventCatalog;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.RefusedEventException;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.NearestName;
import dev.internalevents.definitions.Reading;
import dev.internalevents.protocol.ForeignCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks each event where it is tracked, and lets nothing through that its definition does not declare.
 *
 * <ul>
 *   <li>An event that no definition names is dropped.
 *   <li>Additional properties that the definition does not declare are taken off. {@code protected_properties} go to the
 *       {@link ExtraTracker} that they are for, and to nothing else.
 *   <li>Properties of the wrong type, and values that look like an e-mail address, an IP address, a token or a private
 *       key, are logged; the latter are replaced if {@link #masking()} was asked for.
 * </ul>
 *
 * <p>The client also learns from it which events are about AI ({@code classification: duo}) and which feed a metric; see
 * {@link EventCatalog}.
 *
 * <p>Strict, it throws instead, so that a test fails and a developer learns which file to change; an undeclared {@code
 * label}, {@code property} or {@code value} is only logged, as GitLab does it. Lenient, each kind of problem is logged once
 * and counted. Values are never in messages. What the context of the request says is no property and is not checked. Safe
 * for use by any number of threads.
 *
 * <pre>{@code
 * InternalEventsClient.builder().endpoint(collector)
 *         .interceptor(DefinedEvents.forEnvironment(Dictionary.read(Path.of(".")), environment))
 *         .build();
 * }</pre>
 */
public final class DefinedEvents implements EventInterceptor.FailClosed, EventCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(DefinedEvents.class);
    private static final List<String> STRICT_ENVIRONMENTS = List.of("development", "test");
    private static final Set<String> BUILT_IN = Set.of("label", "property", "value");

    /** Longer names are no misspelt ones, and are not kept. */
    private static final int LONGEST_TYPO = 200;

    private static final String NOT_SENT = "it is not sent";
    private static final String SENT_ANYWAY = "it is sent anyway";

    private final Dictionary dictionary;
    private final boolean strict;
    private final boolean masking;
    private final Map<String, List<ExtraTracker>> trackers;
    private final boolean extraTracking;
    private final Map<String, EventRules> rules;
    private final Problems problems;
    private final ExtraTracking extra;
    private final Map<String, String> undefinedMessages = new ConcurrentHashMap<>();

    private DefinedEvents(
            Dictionary dictionary,
            boolean strict,
            boolean masking,
            Map<String, List<ExtraTracker>> trackers,
            boolean extraTracking,
            Problems problems) {
        this.dictionary = dictionary;
        this.strict = strict;
        this.masking = masking;
        this.trackers = trackers;
        this.extraTracking = extraTracking;
        this.problems = problems;
        this.extra = new ExtraTracking(problems);
        this.rules = EventRules.of(dictionary, trackers);
    }

    /** Throws {@link UndefinedEventException} and {@link InvalidPropertyException} out of {@code trackEvent}. */
    public static DefinedEvents strict(Dictionary dictionary) {
        return new DefinedEvents(dictionary, true, false, Map.of(), true, new Problems());
    }

    /** Logs each kind of problem once, and counts it. */
    public static DefinedEvents lenient(Dictionary dictionary) {
        return new DefinedEvents(dictionary, false, false, Map.of(), true, new Problems());
    }

    /** Strict in {@code development} and {@code test}, lenient everywhere else. */
    public static DefinedEvents forEnvironment(Dictionary dictionary, String environment) {
        return STRICT_ENVIRONMENTS.contains(environment) ? strict(dictionary) : lenient(dictionary);
    }

    /**
     * The same for definitions as they were read: in {@code development} and {@code test} any error is thrown; everywhere
     * else each error is logged and its file is left out, so that a wrong file does not stop a service.
     *
     * @throws dev.internalevents.definitions.InvalidDefinitionsException in {@code development} and {@code test} if there is
     *     any error; everywhere else if no file was read
     */
    public static DefinedEvents forEnvironment(Reading reading, String environment) {
        return forEnvironment(dictionary(reading, environment), environment);
    }

    /**
     * The dictionary that {@link #forEnvironment(Reading, String)} uses.
     *
     * @throws dev.internalevents.definitions.InvalidDefinitionsException as {@link #forEnvironment(Reading, String)} does
     */
    public static Dictionary dictionary(Reading reading, String environment) {
        if (STRICT_ENVIRONMENTS.contains(environment)) {
            return reading.orElseThrow();
        }
        Dictionary dictionary =
                reading.withoutWrongFiles(error -> LOG.error("a definition is wrong and left out: {}", error));
        if (!dictionary.filesLeftOut().isEmpty()) {
            LOG.error(
                    "{} files of definitions are left out; the others are used. internal-events validate checks them",
                    dictionary.filesLeftOut().size());
        }
        return dictionary;
    }

    /**
     * The same, but that values that look sensitive are replaced before the event goes on, where nothing is thrown; also
     * in lists and maps. Of a text longer than 4,096 characters the first 4,096 are checked.
     */
    public DefinedEvents masking() {
        return new DefinedEvents(dictionary, strict, true, trackers, extraTracking, new Problems());
    }

    /**
     * The same with these extra trackers, in place of earlier ones. Several may have the same tracking class.
     *
     * @throws IllegalArgumentException if one has no tracking class
     */
    public DefinedEvents extraTrackers(Collection<? extends ExtraTracker> extraTrackers) {
        return new DefinedEvents(
                dictionary, strict, masking, EventRules.byClass(extraTrackers), extraTracking, new Problems());
    }

    /**
     * The same, but that no extra tracker is called, for a client that is switched off. Its problems are counted in both.
     */
    public DefinedEvents withoutExtraTracking() {
        return new DefinedEvents(dictionary, strict, masking, trackers, false, problems);
    }

    /** The same, but strict in any environment. */
    public DefinedEvents strict() {
        return new DefinedEvents(dictionary, true, masking, trackers, extraTracking, new Problems());
    }

    /** The definitions that events are checked against. */
    public Dictionary dictionary() {
        return dictionary;
    }

    public boolean isStrict() {
        return strict;
    }

    /**
     * How often each kind of problem came up, by its message; 1,000 kinds at most, the rest as {@code (others)}. What is
     * thrown is not among them.
     */
    public Map<String, Long> problems() {
        return problems.byKind();
    }

    /**
     * How often each property was tracked and not sent to the collector, by event and property: undeclared ones and
     * protected ones. 1,000 properties at most, the rest as {@code (others)} of their event.
     */
    public Map<String, Map<String, Long>> propertiesNotSent() {
        return problems.notSent();
    }

    @Override
    public boolean isAboutAi(String eventName) {
        EventRules of = rules.get(eventName);
        return of != null && of.isAboutAi();
    }

    @Override
    public boolean feedsMetric(String eventName) {
        EventRules of = rules.get(eventName);
        return of != null && of.feedsMetric();
    }

    @Override
    public AdditionalProperties intercept(EventDetails event) {
        try {
            return checked(event);
        } catch (RefusedEventException e) {
            throw e;
        } catch (Throwable e) {
            ForeignCode.caught(e);
            noteFailure(e);
            return AdditionalProperties.NONE;
        }
    }

    private void noteFailure(Throwable e) {
        try {
            problems.note(
                    "the check of an event failed with " + e.getClass().getName(),
                    "its additional properties are not sent");
        } catch (Throwable again) {
            // At the end of the caller's stack there is no room for a log line, and an appender is foreign code too.
            ForeignCode.caught(again);
        }
    }

    private AdditionalProperties checked(EventDetails event) {
        EventRules of = rules.get(event.name());
        if (of == null && !dictionary.isLeftOut(event.name())) {
            return undefined(event);
        }
        if (of == null) {
            leftOut(event);
            return declared(event, null);
        }
        check(event, of);
        AdditionalProperties declared = declared(event, of);
        if (extraTracking && event.delivery() && !of.receivers().isEmpty()) {
            extra.track(of.receivers(), event, declared);
        }
        return declared;
    }

    private AdditionalProperties undefined(EventDetails event) {
        String message = undefinedMessage(event.name());
        if (strict) {
            throw new UndefinedEventException(message);
        }
        problems.note(message, "it is dropped");
        return DROP_UNDEFINED;
    }

    /** The nearest name is sought once for each that is wrong: looking through all names is no work for every call. */
    private String undefinedMessage(String name) {
        String known = undefinedMessages.get(name);
        if (known != null) {
            return known;
        }
        String shown = Problems.shown(name);
        String message =
                "the event \"" + shown + "\" is not defined; expected a file " + dictionary.fileOfNewEvent(shown);
        if (undefinedMessages.size() >= Problems.MAX_KINDS || name.length() > LONGEST_TYPO) {
            return message;
        }
        List<String> names =
                dictionary.events().stream().map(EventDefinition::action).toList();
        String whole = message + NearestName.hint(name, names);
        undefinedMessages.put(name, whole);
        return whole;
    }

    /** Nothing is known of an event whose file was left out: neither what it may carry nor what counts it. */
    private void leftOut(EventDetails event) {
        String message = "the definition of the event \"" + event.name()
                + "\" was left out because its file is wrong; internal-events validate names the line";
        if (strict) {
            throw new UndefinedEventException(message);
        }
        problems.note(message, "it is sent unchecked and not counted");
    }

    private void check(EventDetails event, EventRules of) {
        EventDefinition defined = of.definition();
        if (defined.removed()) {
            String message =
                    "the event \"" + event.name() + "\" is removed (" + defined.source() + "); track no more of it";
            if (strict) {
                throw new UndefinedEventException(message);
            }
            problems.note(message, SENT_ANYWAY);
        }
        for (Identifier identifier : of.counted()) {
            if (isMissing(identifier, event.context())) {
                problems.note(
                        "the event \"" + event.name() + "\" has no " + identifier.term()
                                + ", and metrics that count unique " + identifier.term() + "s leave it out",
                        SENT_ANYWAY);
            }
        }
    }

    private static boolean isMissing(Identifier identifier, EventContext context) {
        return switch (identifier) {
            case USER -> context.userId() == null && context.globalUserId() == null;
            case PROJECT -> context.projectId() == null;
            case NAMESPACE -> context.namespaceId() == null;
            case FEATURE_ENABLED_BY_NAMESPACE_IDS -> false;
        };
    }

    /**
     * The declared properties, masked where that was asked for; the event's own when nothing is to be changed.
     *
     * @param of null for an event of which nothing is known: all of its properties are taken for declared
     */
    @SuppressWarnings("ReferenceEquality") // A value that stays is the same object.
    private AdditionalProperties declared(EventDetails event, @Nullable EventRules of) {
        AdditionalProperties given = event.properties();
        String label = text(event, of, "label", given.label());
        String property = text(event, of, "property", given.property());
        Number value = given.value() == null || keeps(event, of, "value") ? given.value() : null;
        boolean changed = label != given.label() || property != given.property() || value != given.value();
        AdditionalProperties kept = given.mapExtra((key, other) -> other(event, of, key, other));
        return changed ? kept.with(label, property, value) : kept;
    }

    private @Nullable String text(EventDetails event, @Nullable EventRules of, String key, @Nullable String text) {
        return text == null || !keeps(event, of, key) ? null : checked(event, key, text);
    }

    /** A property that has no field of its own, as it is sent; null if it is not. */
    private @Nullable Object other(EventDetails event, @Nullable EventRules of, String key, Object value) {
        if (of != null && !isMetadataOfBilling(event, key, value)) {
            checkType(of, key, value);
        }
        if (!keeps(event, of, key)) {
            return null;
        }
        return checkedValue(event, key, value);
    }

    /** The same value, or a copy with masks for the texts in it; the client's copy of a value is no deeper than 32 levels. */
    private Object checkedValue(EventDetails event, String key, Object value) {
        if (value instanceof String text) {
            return checked(event, key, text);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list);
            copy.replaceAll(element -> element == null ? null : checkedValue(event, key, element));
            return isSame(list, copy) ? value : copy;
        }
        if (value instanceof Map<?, ?> map) {
            List<@Nullable Object> before = new ArrayList<>();
            List<@Nullable Object> after = new ArrayList<>();
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, element) -> {
                Object keptName = checkedValue(event, key, name);
                Object kept = element == null ? null : checkedValue(event, key, element);
                Collections.addAll(before, name, element);
                Collections.addAll(after, keptName, kept);
                copy.put(keptName, kept);
            });
            return isSame(before, after) ? value : copy;
        }
        return value;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(List<?> list, List<?> other) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) != other.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** The AI Gateway sends the metadata of a billing event as an object, which no definition can declare. */
    private static boolean isMetadataOfBilling(EventDetails event, String key, Object value) {
        return value instanceof Map
                && key.equals(BillingEventsClient.TWIN_METADATA)
                && event.name().equals(BillingEventsClient.TWIN);
    }

    private void checkType(EventRules of, String key, Object value) {
        if (key.equals("label") || key.equals("property")) {
            // A label that is a string is not here; this one was made a string on the way.
            invalid(
                    key,
                    of,
                    "must be a string, is "
                            + (value instanceof String
                                    ? "of another type and sent among the other properties, as a string"
                                    : describe(value)));
        } else if (key.equals("value")) {
            invalid(key, of, "must be a number, is " + describe(value));
        } else if (of.declares(key) && !(value instanceof String) && !(value instanceof Number)) {
            invalid(key, of, "must be a string or a number, is " + describe(value));
        }
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

    /** Whether the collector may get a property; if not, that is counted. */
    private boolean keeps(EventDetails event, @Nullable EventRules of, String key) {
        if (of == null || of.declares(key)) {
            return true;
        }
        if (of.isProtected(key)) {
            Set<String> missing = of.missingTrackers(key);
            if (!missing.isEmpty()) {
                problems.note(
                        "the property \"" + key + "\" of the event \"" + event.name() + "\" is protected, for "
                                + String.join(", ", missing) + ", and no such extra tracker is registered",
                        NOT_SENT);
            }
        } else {
            undeclared(key, of);
        }
        problems.notSent(event, key);
        return false;
    }

    private void undeclared(String key, EventRules of) {
        List<String> names = List.copyOf(of.definition().additionalProperties().keySet());
        String hint = key.length() > LONGEST_TYPO ? "" : NearestName.hint(key, names);
        String message = message(
                key, of, "is not declared; declared: " + (names.isEmpty() ? "none" : String.join(", ", names)) + hint);
        if (strict && !BUILT_IN.contains(key)) {
            throw new InvalidPropertyException(message);
        }
        problems.note(message, NOT_SENT);
    }

    private void invalid(String key, EventRules of, String what) {
        String message = message(key, of, what);
        if (strict) {
            throw new InvalidPropertyException(message);
        }
        problems.note(message, SENT_ANYWAY);
    }

    private static String message(String key, EventRules of, String what) {
        EventDefinition defined = of.definition();
        return "the property \"" + Problems.shown(key) + "\" of the event \"" + defined.action() + "\" " + what + " ("
                + defined.source() + ")";
    }

    /** The same text, or its mask. */
    private String checked(EventDetails event, String key, String text) {
        Optional<SensitiveText> kind = SensitiveText.in(text);
        if (kind.isEmpty()) {
            return text;
        }
        String message = "the property \"" + key + "\" of the event \"" + event.name() + "\" looks like "
                + kind.get().words() + "; events must not carry it";
        if (strict) {
            throw new InvalidPropertyException(message);
        }
        problems.note(message, masking ? "it is masked" : SENT_ANYWAY);
        return masking ? kind.get().mask() : text;
    }
}
