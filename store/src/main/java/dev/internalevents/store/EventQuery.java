package dev.internalevents.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Selects events and their order; immutable. Starts from {@link #ALL}; each method returns a query with one part
 * changed. Every part may be untrusted: a store accepts only columns that it knows, and treats values as data.
 */
public final class EventQuery {

    /** The column with an event's display name, see {@link FlatEvent#title}. Every event has it. */
    public static final String TITLE = "title";

    /** All events except repeats, newest first. */
    public static final EventQuery ALL = new EventQuery(new Parts());

    private final Parts parts;

    private EventQuery(Parts parts) {
        this.parts = parts;
    }

    /** The parts of a query, which change only while the query is made. */
    private static final class Parts {
        private @Nullable String session;
        private @Nullable Boolean good;
        private @Nullable Instant from;
        private @Nullable Instant to;
        private List<Filter> filters = List.of();
        private List<String> contexts = List.of();
        private @Nullable String schema;
        private long beyond;
        private long before = Long.MAX_VALUE;
        private @Nullable String sort;
        private Direction direction = Direction.DESCENDING;
        private boolean repeats;

        private Parts copy() {
            Parts copy = new Parts();
            copy.session = session;
            copy.good = good;
            copy.from = from;
            copy.to = to;
            copy.filters = filters;
            copy.contexts = contexts;
            copy.schema = schema;
            copy.beyond = beyond;
            copy.before = before;
            copy.sort = sort;
            copy.direction = direction;
            copy.repeats = repeats;
            return copy;
        }
    }

    /** Which events come first. */
    public enum Direction {
        /** The smallest values, or the oldest events. */
        ASCENDING,
        /** The greatest values, or the newest events. */
        DESCENDING
    }

    /**
     * Matches events whose column has one of the values, compared as text.
     *
     * @param column atomic field, {@code contexts_….field} or {@code unstruct_event_….field}
     * @param values the accepted values
     * @param match how the column is compared with a value
     */
    public record Filter(String column, List<String> values, Match match) {

        /** How a column is compared with a value. */
        public enum Match {
            /** The column equals the value. */
            EQUAL,
            /** The column contains the value, ignoring case. */
            CONTAINS
        }

        public Filter {
            values = List.copyOf(values);
        }

        /** Accepts a column that equals one of the values. */
        public static Filter equal(String column, List<String> values) {
            return new Filter(column, values, Match.EQUAL);
        }

        /** Accepts a column that contains one of the values, ignoring case. */
        public static Filter containing(String column, List<String> values) {
            return new Filter(column, values, Match.CONTAINS);
        }

        /** Returns whether the column only has to contain a value. */
        public boolean contains() {
            return match == Match.CONTAINS;
        }
    }

    /** Selects only events of a label or app id; null for all. */
    public EventQuery of(@Nullable String label) {
        return with(changed -> changed.session = label);
    }

    /** Selects only good events if true, only failed ones if false; null for both. */
    public EventQuery good(@Nullable Boolean which) {
        return with(changed -> changed.good = which);
    }

    /** Adds a filter; an event must match all of them. */
    public EventQuery where(Filter filter) {
        List<Filter> more = new ArrayList<>(parts.filters);
        more.add(filter);
        return with(changed -> changed.filters = List.copyOf(more));
    }

    /**
     * Selects only events with these schemas.
     *
     * @param schemas schema URIs; an event must have contexts of all of them
     * @param ofEvent the schema URI of the event; null for any
     */
    public EventQuery withContexts(List<String> schemas, @Nullable String ofEvent) {
        List<String> copy = List.copyOf(schemas);
        return with(changed -> {
            changed.contexts = copy;
            changed.schema = ofEvent;
        });
    }

    /** Selects only events received at the start or later, and before the end; null for no limit. */
    public EventQuery between(@Nullable Instant start, @Nullable Instant end) {
        return with(changed -> {
            changed.from = start;
            changed.to = end;
        });
    }

    /** Selects only events with a greater number; 0 for all. */
    public EventQuery after(long number) {
        return with(changed -> changed.beyond = number);
    }

    /** Selects only events with a smaller number, so that paging newest first is stable while events arrive. */
    public EventQuery before(long number) {
        return with(changed -> changed.before = number);
    }

    /** Sorts by a column; null sorts by arrival. */
    public EventQuery sortedBy(@Nullable String column, Direction direction) {
        return with(changed -> {
            changed.sort = column;
            changed.direction = direction;
        });
    }

    /** Sorts by arrival, the oldest events first. */
    public EventQuery oldestFirst() {
        return sortedBy(null, Direction.ASCENDING);
    }

    /** Includes or excludes repeats of stored events; default: excluded, which finds each event once. */
    public EventQuery withRepeats(boolean found) {
        return with(changed -> changed.repeats = found);
    }

    private EventQuery with(Consumer<Parts> change) {
        Parts changed = parts.copy();
        change.accept(changed);
        return new EventQuery(changed);
    }

    public @Nullable String session() {
        return parts.session;
    }

    public @Nullable Boolean good() {
        return parts.good;
    }

    public @Nullable Instant from() {
        return parts.from;
    }

    public @Nullable Instant to() {
        return parts.to;
    }

    public List<Filter> filters() {
        return parts.filters;
    }

    public List<String> contexts() {
        return parts.contexts;
    }

    public @Nullable String schema() {
        return parts.schema;
    }

    public long beyond() {
        return parts.beyond;
    }

    public long before() {
        return parts.before;
    }

    public @Nullable String sort() {
        return parts.sort;
    }

    public boolean descending() {
        return parts.direction == Direction.DESCENDING;
    }

    public boolean repeats() {
        return parts.repeats;
    }
}
