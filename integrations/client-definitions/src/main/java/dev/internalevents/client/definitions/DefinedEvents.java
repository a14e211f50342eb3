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
 * Checks each event when it is tracked, and removes everything that its definition does not declare.
 *
 * <ul>
 *   <li>An event without a definition is dropped.
 *   <li>Additional properties that the definition does not declare are removed. {@code protected_properties} go only to
 *       the {@link ExtraTracker} they are declared for.
 *   <li>Properties of the wrong type, and values that look like an e-mail address, an IP address, a token or a private
 *       key, are logged. With {@link #masking()}, the sensitive values are also replaced.
 * </ul>
 *
 * <p>The client also asks this class which events are about AI ({@code classification: duo}) and which feed a metric;
 * see {@link EventCatalog}.
 *
 * <p>In strict mode it throws instead, so that a test fails and the developer learns which file to change; an
 * undeclared {@code label}, {@code property} or {@code value} is only logged, as in GitLab. In lenient mode each kind
 * of problem is logged once and counted. Messages never contain values. The fields of the request's context are not
 * properties and are not checked. Safe for use by any number of threads.
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

    /** Longer names are not treated as typos, and their messages are not cached. */
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

    /** Logs each kind of problem once and counts it. */
    public static DefinedEvents lenient(Dictionary dictionary) {
        return new DefinedEvents(dictionary, false, false, Map.of(), true, new Problems());
    }

    /** Strict in {@code development} and {@code test}, lenient everywhere else. */
    public static DefinedEvents forEnvironment(Dictionary dictionary, String environment) {
        return STRICT_ENVIRONMENTS.contains(environment) ? strict(dictionary) : lenient(dictionary);
    }

    /**
     * Checks against the definitions of {@code reading}. In {@code development} and {@code test} any error is thrown.
     * In all other environments each error is logged and its file is left out, so that an invalid file does not stop a
     * service.
     *
     * @throws dev.internalevents.definitions.InvalidDefinitionsException in {@code development} and {@code test} if
     *     there is any error; in all other environments if no file was read
     */
    public static DefinedEvents forEnvironment(Reading reading, String environment) {
        return forEnvironment(dictionary(reading, environment), environment);
    }

    /**
     * Returns the dictionary that {@link #forEnvironment(Reading, String)} uses.
     *
     * @throws dev.internalevents.definitions.InvalidDefinitionsException as {@link #forEnvironment(Reading, String)} does
     */
    public static Dictionary dictionary(Reading reading, String environment) {
        if (STRICT_ENVIRONMENTS.contains(environment)) {
            return reading.orElseThrow();
        }
        Dictionary dictionary =
                reading.withoutWrongFiles(error -> LOG.error("a definition is invalid and was left out: {}", error));
        if (!dictionary.filesLeftOut().isEmpty()) {
            LOG.error(
                    "{} definition files were left out; the others are used. Run internal-events validate for details",
                    dictionary.filesLeftOut().size());
        }
        return dictionary;
    }

    /**
     * Returns a copy that replaces values that look sensitive before the event is sent, also in lists and maps; in
     * strict mode they are still rejected. Only the first 4,096 characters of a text are checked.
     */
    public DefinedEvents masking() {
        return new DefinedEvents(dictionary, strict, true, trackers, extraTracking, new Problems());
    }

    /**
     * Returns a copy with these extra trackers instead of any set before. Several may have the same tracking class.
     *
     * @throws IllegalArgumentException if one has no tracking class
     */
    public DefinedEvents extraTrackers(Collection<? extends ExtraTracker> extraTrackers) {
        return new DefinedEvents(
                dictionary, strict, masking, EventRules.byClass(extraTrackers), extraTracking, new Problems());
    }

    /**
     * Returns a copy that calls no extra tracker, for a client that is switched off. Both share the same problem
     * counters.
     */
    public DefinedEvents withoutExtraTracking() {
        return new DefinedEvents(dictionary, strict, masking, trackers, false, problems);
    }

    /** Returns a copy that is strict in every environment. */
    public DefinedEvents strict() {
        return new DefinedEvents(dictionary, true, masking, trackers, extraTracking, new Problems());
    }

    /** Returns the definitions that events are checked against. */
    public Dictionary dictionary() {
        return dictionary;
    }

    public boolean isStrict() {
        return strict;
    }

    /**
     * Returns how often each kind of problem occurred, by its message; 1,000 kinds at most, the rest as {@code
     * (others)}. Problems that were thrown are not counted.
     */
    public Map<String, Long> problems() {
        return problems.byKind();
    }

    /**
     * Returns how often each property was tracked but not sent to the collector, by event and property: undeclared and
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
            // If the caller's stack is exhausted, logging fails too, and a log appender is third-party code as well.
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

    /**
     * Searches the nearest name only once for each undefined name: searching all names is too expensive for every call.
     */
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

    /** Handles an event whose file was left out: neither its properties nor the metrics that count it are known. */
    private void leftOut(EventDetails event) {
        String message = "the definition of the event \"" + event.name()
                + "\" was left out because its file is invalid; run internal-events validate to find the line";
        if (strict) {
            throw new UndefinedEventException(message);
        }
        problems.note(message, "it is sent unchecked and not counted");
    }

    private void check(EventDetails event, EventRules of) {
        EventDefinition defined = of.definition();
        if (defined.removed()) {
            String message =
                    "the event \"" + event.name() + "\" is removed (" + defined.source() + "); stop tracking it";
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
     * Returns the declared properties, masked if masking is on; the event's own object if nothing changes.
     *
     * @param of null if the event's definition was left out: all of its properties then count as declared
     */
    @SuppressWarnings("ReferenceEquality") // An unchanged value is the same object.
    private AdditionalProperties declared(EventDetails event, @Nullable EventRules of) {
        AdditionalProperties tracked = event.properties();
        String label = text(event, of, "label", tracked.label());
        String property = text(event, of, "property", tracked.property());
        Number value = tracked.value() == null || keeps(event, of, "value") ? tracked.value() : null;
        boolean changed = label != tracked.label() || property != tracked.property() || value != tracked.value();
        AdditionalProperties result = tracked.mapExtra((key, other) -> other(event, of, key, other));
        return changed ? result.with(label, property, value) : result;
    }

    private @Nullable String text(EventDetails event, @Nullable EventRules of, String key, @Nullable String text) {
        return text == null || !keeps(event, of, key) ? null : checked(event, key, text);
    }

    /** Returns a property without a field of its own as it is sent, or null if it is not sent. */
    private @Nullable Object other(EventDetails event, @Nullable EventRules of, String key, Object value) {
        if (of != null && !isMetadataOfBilling(event, key, value)) {
            checkType(of, key, value);
        }
        if (!keeps(event, of, key)) {
            return null;
        }
        return checkedValue(event, key, value);
    }

    /**
     * Returns the same value, or a copy in which sensitive texts are masked. The client's copy of a value is at most 32
     * levels deep.
     */
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
                Object newName = checkedValue(event, key, name);
                Object newElement = element == null ? null : checkedValue(event, key, element);
                Collections.addAll(before, name, element);
                Collections.addAll(after, newName, newElement);
                copy.put(newName, newElement);
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
            // A label that is already a string does not get here; this one was converted to a string on the way.
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

    /** Returns whether the collector may receive a property; if not, counts it. */
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

    /** Returns the same text, or its mask. */
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
