package dev.internalevents.client.definitions;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.check.NearestName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Removes the properties that an event's definition does not declare, and checks the types of the others. */
final class DeclaredProperties {

    private static final Set<String> BUILT_IN = Set.of("label", "property", "value");

    private final Reports reports;

    DeclaredProperties(Reports reports) {
        this.reports = reports;
    }

    /** Returns the declared properties; the event's own object if nothing is removed. */
    AdditionalProperties of(EventDetails event, EventRules of) {
        AdditionalProperties tracked = event.properties();
        boolean label = tracked.label() == null || keeps(event, of, "label");
        boolean property = tracked.property() == null || keeps(event, of, "property");
        boolean value = tracked.value() == null || keeps(event, of, "value");
        AdditionalProperties result = tracked.mapExtra((key, other) -> other(event, of, key, other));
        return label && property && value
                ? result
                : result.with(
                        label ? tracked.label() : null,
                        property ? tracked.property() : null,
                        value ? tracked.value() : null);
    }

    /** Returns a property without a field of its own, or null if it is not sent. */
    private @Nullable Object other(EventDetails event, EventRules of, String key, Object value) {
        if (!isMetadataOfBilling(event, key, value)) {
            checkType(of, key, value);
        }
        return keeps(event, of, key) ? value : null;
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
    private boolean keeps(EventDetails event, EventRules of, String key) {
        if (of.declares(key)) {
            return true;
        }
        if (of.isProtected(key)) {
            Set<String> missing = of.missingTrackers(key);
            if (!missing.isEmpty()) {
                reports.problems()
                        .note(
                                "the property \"" + key + "\" of the event \"" + event.name()
                                        + "\" is protected, for " + String.join(", ", missing)
                                        + ", and no such extra tracker is registered",
                                Reports.NOT_SENT);
            }
        } else {
            undeclared(key, of);
        }
        reports.problems().notSent(event, key);
        return false;
    }

    private void undeclared(String key, EventRules of) {
        List<String> names = List.copyOf(of.definition().additionalProperties().keySet());
        String hint = key.length() > UndefinedEvents.LONGEST_TYPO ? "" : NearestName.hint(key, names);
        String message = message(
                key, of, "is not declared; declared: " + (names.isEmpty() ? "none" : String.join(", ", names)) + hint);
        if (BUILT_IN.contains(key)) {
            reports.problems().note(message, Reports.NOT_SENT);
        } else {
            reports.invalid(message, Reports.NOT_SENT);
        }
    }

    private void invalid(String key, EventRules of, String what) {
        reports.invalid(message(key, of, what), Reports.SENT_ANYWAY);
    }

    private static String message(String key, EventRules of, String what) {
        EventDefinition defined = of.definition();
        return "the property \"" + Problems.shown(key) + "\" of the event \"" + defined.action() + "\" " + what + " ("
                + defined.source() + ")";
    }
}
