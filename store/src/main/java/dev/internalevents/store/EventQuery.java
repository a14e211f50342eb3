package dev.internalevents.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which events, and in which order. Everything in it may be untrusted: a store takes columns by what it knows and
 * values as values.
 *
 * @param session events of this label or app id alone; null for all
 * @param good good ones, failed ones, or both when null
 * @param from received at this time or later; null for any
 * @param to received before this time; null for any
 * @param filters all of which an event meets
 * @param contexts schema URIs, of which an event has all
 * @param schema of the event; null for any
 * @param beyond only events with a greater number; 0 for all
 * @param before only events with a smaller number; {@link Long#MAX_VALUE} for all
 * @param sort a column; null sorts by arrival
 * @param descending whether the greatest come first
 * @param repeats whether events that were stored before are found again; false finds each event once
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

    /** A column that every event has: what people call it. */
    public static final String TITLE = "title";

    /** All events, the newest first. */
    public static final EventQuery ALL =
            new EventQuery(null, null, null, null, List.of(), List.of(), null, 0, Long.MAX_VALUE, null, true, false);

    /**
     * A column has one of some values, compared as text.
     *
     * @param column atomic field, {@code contexts_….field} or {@code unstruct_event_….field}
     * @param values one of which it has
     * @param contains whether having a value as a part is enough, upper and lower case alike
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

    /** Only events with a smaller number: how pages of the newest first go on, whatever arrives meanwhile. */
    public EventQuery before(long number) {
        return new EventQuery(
                session, good, from, to, filters, contexts, schema, beyond, number, sort, descending, repeats);
    }

    public EventQuery sortedBy(@Nullable String column, boolean greatestFirst) {
        return new EventQuery(
                session, good, from, to, filters, contexts, schema, beyond, before, column, greatestFirst, repeats);
    }

    /** Finds events that were stored before too, or leaves them out. */
    public EventQuery withRepeats(boolean found) {
        return new EventQuery(
                session, good, from, to, filters, contexts, schema, beyond, before, sort, descending, found);
    }
}
