package dev.internalevents.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects events and their order. Every part may be untrusted: a store accepts only columns that it knows, and treats values as data.
 *
 * @param session only events of this label or app id; null for all
 * @param good true for good events, false for failed ones, null for both
 * @param from only events received at this time or later; null for any
 * @param to only events received before this time; null for any
 * @param filters an event must match all of them
 * @param contexts schema URIs; an event must have contexts of all of them
 * @param schema the schema URI of the event; null for any
 * @param beyond only events with a greater number; 0 for all
 * @param before only events with a smaller number; {@link Long#MAX_VALUE} for all
 * @param sort the column to sort by; null sorts by arrival
 * @param descending whether the greatest values come first
 * @param repeats whether repeats of stored events are included; false finds each event once
 */
public record EventQuery(
        @Nullable String session,
        @Nullable Boolean good,
        @Nullable Instant from,
        @Nullable Instant to,
        List<Filter> filters,
        List<String> contexts,
        @Nullable String schema,
        long beyond,
        long before,
        @Nullable String sort,
        boolean descending,
        boolean repeats) {

    /** The column with an event's display name, see {@link FlatEvent#title}. Every event has it. */
    public static final String TITLE = "title";

    /** All events except repeats, newest first. */
    public static final EventQuery ALL =
            new EventQuery(null, null, null, null, List.of(), List.of(), null, 0, Long.MAX_VALUE, null, true, false);

    /**
     * Matches events whose column has one of the values, compared as text.
     *
     * @param column atomic field, {@code contexts_….field} or {@code unstruct_event_….field}
     * @param values the accepted values
     * @param contains whether the column only has to contain a value, ignoring case
     */
    public record Filter(String column, List<String> values, boolean contains) {
        public Filter {
            values = List.copyOf(values);
        }
    }

    public EventQuery {
        filters = List.copyOf(filters);
        contexts = List.copyOf(contexts);
    }

    public EventQuery of(@Nullable String label) {
        return new EventQuery(
                label, good, from, to, filters, contexts, schema, beyond, before, sort, descending, repeats);
    }

    public EventQuery good(@Nullable Boolean which) {
        return new EventQuery(
                session, which, from, to, filters, contexts, schema, beyond, before, sort, descending, repeats);
    }

    public EventQuery where(Filter filter) {
        List<Filter> more = new ArrayList<>(filters);
        more.add(filter);
        return new EventQuery(
                session, good, from, to, more, contexts, schema, beyond, before, sort, descending, repeats);
    }

    public EventQuery withContexts(List<String> schemas, @Nullable String ofEvent) {
        return new EventQuery(
                session, good, from, to, filters, schemas, ofEvent, beyond, before, sort, descending, repeats);
    }

    public EventQuery between(@Nullable Instant start, @Nullable Instant end) {
        return new EventQuery(
                session, good, start, end, filters, contexts, schema, beyond, before, sort, descending, repeats);
    }

    public EventQuery after(long number) {
        return new EventQuery(
                session, good, from, to, filters, contexts, schema, number, before, sort, descending, repeats);
    }

    /** Selects only events with a smaller number, so that paging newest first is stable while events arrive. */
    public EventQuery before(long number) {
        return new EventQuery(
                session, good, from, to, filters, contexts, schema, beyond, number, sort, descending, repeats);
    }

    public EventQuery sortedBy(@Nullable String column, boolean greatestFirst) {
        return new EventQuery(
                session, good, from, to, filters, contexts, schema, beyond, before, column, greatestFirst, repeats);
    }

    /** Includes or excludes repeats of stored events. */
    public EventQuery withRepeats(boolean found) {
        return new EventQuery(
                session, good, from, to, filters, contexts, schema, beyond, before, sort, descending, found);
    }
}
