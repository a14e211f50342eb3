package dev.internalevents.client.definitions;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventCatalog;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.RefusedEventException;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Reading;
import dev.internalevents.protocol.ForeignCode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
 *         .interceptor(DefinedEvents.forEnvironment(DefinitionFiles.read(Path.of(".")), environment))
 *         .build();
 * }</pre>
 */
public final class DefinedEvents implements EventInterceptor.FailClosed, EventCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(DefinedEvents.class);
    private static final List<String> STRICT_ENVIRONMENTS = List.of("development", "test");

    private final Dictionary dictionary;
    private final boolean strict;
    private final boolean masking;
    private final Map<String, List<ExtraTracker>> trackers;
    private final boolean extraTracking;
    private final Map<String, EventRules> rules;
    private final Problems problems;
    private final Reports reports;
    private final UndefinedEvents undefined;
    private final DeclaredProperties declared;
    private final SensitiveProperties sensitive;
    private final ExtraTracking extra;

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
        this.reports = new Reports(strict, problems);
        this.undefined = new UndefinedEvents(dictionary, reports);
        this.declared = new DeclaredProperties(reports);
        this.sensitive = new SensitiveProperties(reports, masking);
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
     * @throws dev.internalevents.definitions.InvalidDefinitionsException as {@link #forEnvironment(Reading, String)}
     *     does
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
     * Returns how often each kind of problem occurred, by its message; 1,000 kinds at most, the rest as
     * {@code (others)}. Problems that were thrown are not counted.
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
            undefined.report(event.name());
            return DROP_UNDEFINED;
        }
        if (of == null) {
            undefined.reportLeftOut(event.name());
            return sensitive.checked(event, event.properties());
        }
        check(event, of);
        AdditionalProperties kept = sensitive.checked(event, declared.of(event, of));
        if (extraTracking && event.delivery() && !of.receivers().isEmpty()) {
            extra.track(of.receivers(), event, kept);
        }
        return kept;
    }

    private void check(EventDetails event, EventRules of) {
        EventDefinition defined = of.definition();
        if (defined.removed()) {
            reports.undefined(
                    "the event \"" + event.name() + "\" is removed (" + defined.source() + "); stop tracking it",
                    Reports.SENT_ANYWAY);
        }
        of.counted().forEach((identifier, message) -> {
            if (isMissing(identifier, event.context())) {
                problems.note(message, Reports.SENT_ANYWAY);
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
}
