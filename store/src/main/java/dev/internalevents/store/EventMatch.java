package dev.internalevents.store;

import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.SelfDescribingJson;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The query language for events in memory: the conditions and the order of an {@link EventQuery}. */
public final class EventMatch {

    private EventMatch() {}

    /** Returns the conditions of a query as a predicate, safe for use by several threads. */
    public static Predicate<StoredEvent> of(EventQuery query) {
        List<Predicate<StoredEvent>> filters =
                query.filters().stream().map(EventMatch::matching).toList();
        return event -> (query.repeats() || !event.repeat())
                && (query.good() == null || query.good() == event.isGood())
                && event.number() > query.beyond()
                && event.number() < query.before()
                && event.isOf(query.session())
                && isWithin(event, query.from(), query.to())
                && hasSchemas(event, query)
                && filters.stream().allMatch(filter -> filter.test(event));
    }

    /** Sorts events as a query asks. The events must be in the default order: newest first. */
    static Stream<StoredEvent> sorted(Stream<StoredEvent> newestFirst, EventQuery query) {
        String sort = query.sort();
        if (sort == null) {
            return query.descending() ? newestFirst : newestFirst.sorted(Comparator.comparingLong(StoredEvent::number));
        }
        Comparator<Sortable> order = Comparator.comparing(Sortable::value, Comparator.nullsFirst(EventMatch::compare));
        order = order.thenComparing(sortable -> sortable.event().number());
        return newestFirst
                .map(event -> new Sortable(event, sortValue(event, sort)))
                .sorted(query.descending() ? order.reversed() : order)
                .map(Sortable::event);
    }

    static boolean isWithin(StoredEvent event, @Nullable Instant from, @Nullable Instant to) {
        Instant received = event.event().payload().context().timestamp();
        return (from == null || !received.isBefore(from)) && (to == null || received.isBefore(to));
    }

    private static boolean hasSchemas(StoredEvent event, EventQuery query) {
        if (query.schema() == null && query.contexts().isEmpty()) {
            return true;
        }
        return event.event() instanceof GoodEvent good
                && (query.schema() == null
                        || query.schema().equals(good.schema().toString()))
                && schemas(good).containsAll(query.contexts());
    }

    private static Set<String> schemas(GoodEvent event) {
        Set<String> schemas = new HashSet<>();
        for (SelfDescribingJson context : event.contexts().list()) {
            schemas.add(context.schema().toString());
        }
        return schemas;
    }

    private static Predicate<StoredEvent> matching(EventQuery.Filter filter) {
        if (filter.contains()) {
            Set<String> parts = filter.values().stream()
                    .map(value -> value.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toUnmodifiableSet());
            return event -> values(event, filter.column()).stream().anyMatch(value -> {
                String lower = value.toLowerCase(Locale.ROOT);
                return parts.stream().anyMatch(lower::contains);
            });
        }
        Set<String> accepted = Set.copyOf(filter.values());
        return event -> event.event().atomic().get(filter.column()) instanceof Number number
                ? filter.values().stream().anyMatch(value -> isSame(number, value))
                : values(event, filter.column()).stream().anyMatch(accepted::contains);
    }

    private static List<String> values(StoredEvent event, String column) {
        return column.equals(EventQuery.TITLE) ? List.of(FlatEvent.title(event)) : FlatEvent.values(event, column);
    }

    /** Compares numbers by value, not by text: 1.50 equals 1.5. */
    private static boolean isSame(Number number, String value) {
        try {
            return number.doubleValue() == Double.parseDouble(value);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** An event with the value to sort it by. */
    private record Sortable(StoredEvent event, @Nullable Object value) {}

    private static @Nullable Object sortValue(StoredEvent event, String column) {
        Object atomic = event.event().atomic().get(column);
        if (atomic != null) {
            return atomic;
        }
        List<String> values = FlatEvent.values(event, column);
        return values.isEmpty() ? null : values.get(0);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // All values of a column have one type.
    private static int compare(Object one, Object other) {
        if (one.getClass() == other.getClass()) {
            return ((Comparable) one).compareTo(other);
        }
        return one instanceof Number number && other instanceof Number another
                ? Double.compare(number.doubleValue(), another.doubleValue())
                : one.toString().compareTo(other.toString());
    }
}
