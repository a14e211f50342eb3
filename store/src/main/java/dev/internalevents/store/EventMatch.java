package dev.internalevents.store;

import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.SelfDescribingJson;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tests whether a query matches an event in memory. The caller applies offset, limit and order. */
public final class EventMatch {

    private EventMatch() {}

    /** Returns the conditions of a query as a predicate, safe for use by several threads. */
    public static Predicate<StoredEvent> of(EventQuery query) {
        return event -> (query.repeats() || !event.repeat())
                && (query.good() == null || query.good() == event.isGood())
                && event.number() > query.beyond()
                && event.number() < query.before()
                && event.isOf(query.session())
                && isWithin(event, query.from(), query.to())
                && hasSchemas(event, query)
                && query.filters().stream().allMatch(filter -> matches(event, filter));
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

    private static boolean matches(StoredEvent event, EventQuery.Filter filter) {
        if (!filter.contains() && event.event().atomic().get(filter.column()) instanceof Number number) {
            return filter.values().stream().anyMatch(value -> isSame(number, value));
        }
        List<String> values = filter.column().equals(EventQuery.TITLE)
                ? List.of(FlatEvent.title(event))
                : FlatEvent.values(event, filter.column());
        return values.stream()
                .anyMatch(value -> filter.contains()
                        ? filter.values().stream().anyMatch(part -> contains(value, part))
                        : filter.values().contains(value));
    }

    /** Compares numbers by value, not by text: 1.50 equals 1.5. */
    private static boolean isSame(Number number, String value) {
        try {
            return number.doubleValue() == Double.parseDouble(value);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean contains(String value, String part) {
        return value.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
