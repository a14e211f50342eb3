package dev.internalevents.store.duckdb;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.WaitingMatch;
import dev.internalevents.store.WaitingRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Searches the data about some persons that SQL alone cannot find, in pages and reading each item once: large values,
 * numbers, parameters of failed events, and requests. Each search continues where the previous one ended. For one
 * thread at a time.
 */
final class PersonSearch {

    /** Maximum number of events read at a time; {@link #PAGE_BYTES} limits the bytes of events or requests. */
    private static final int PAGE = 500;

    private static final long PAGE_BYTES = 4 << 20;

    private final EventStore store;
    private final Database database;
    private final PersonColumns columns;
    private final FailedRequests failed;
    private final PersonMatch persons;
    private final RawRequests requests;

    private final Set<Long> events = new TreeSet<>();
    private final List<FoundEvent> ofRequests = new ArrayList<>();
    private final Set<String> waiting = new LinkedHashSet<>();

    // The progress of each search.
    private final Set<String> seenWaiting = new HashSet<>();
    private long requestsSeen;
    private long failedSeen;
    private long largeSeen;
    private long numbersSeen;

    /** An event of a request, which may have no row of its own. */
    record FoundEvent(long request, int index) {}

    PersonSearch(EventStore store, OpenStore open, PersonMatch persons, RawRequests requests) {
        this.store = store;
        this.database = open.database();
        this.columns = new PersonColumns(open.columns());
        this.failed = new FailedRequests(open.database());
        this.persons = persons;
        this.requests = requests;
    }

    /** Searches what was stored since the previous search. */
    void find() {
        // First, because a waiting event is later stored with a higher number, which the other searches then see.
        findWaiting();
        findRequests();
        findFailed();
        findLarge();
        findNumbers();
    }

    private void findWaiting() {
        for (WaitingRequest.Summary summary : store.waiting()) {
            if (seenWaiting.add(summary.origin())) {
                store.waiting(summary.origin())
                        .filter(request -> match(request) != null)
                        .ifPresent(request -> waiting.add(request.origin()));
            }
        }
    }

    private void findRequests() {
        for (long last : failed.endsOfPages(requestsSeen, PAGE_BYTES)) {
            for (Map.Entry<Long, byte[]> one :
                    failed.between(requestsSeen, last).entrySet()) {
                CollectorPayload request = WaitingMatch.opened(one.getValue(), requests);
                if (request != null) {
                    persons.in(request).forEach(found -> ofRequests.add(new FoundEvent(one.getKey(), found.index())));
                }
            }
            requestsSeen = last;
        }
    }

    private void findFailed() {
        EventQuery query = EventQuery.ALL.good(false).oldestFirst();
        List<StoredEvent> some = store.find(query.after(failedSeen), 0, PAGE, PAGE_BYTES);
        while (!some.isEmpty()) {
            some.stream().filter(event -> persons.isAbout(event.event())).forEach(event -> events.add(event.number()));
            failedSeen = some.get(some.size() - 1).number();
            some = store.find(query.after(failedSeen), 0, PAGE, PAGE_BYTES);
        }
    }

    private void findLarge() {
        List<Long> numbers = numbers("SELECT DISTINCT number FROM large_value WHERE number > " + largeSeen
                + " AND (starts_with(column_name, '" + PersonColumns.PREFIXES.get(0)
                + "') OR starts_with(column_name, '"
                + PersonColumns.PREFIXES.get(1) + "')) ORDER BY number");
        for (long number : numbers) {
            check(number);
            largeSeen = number;
        }
    }

    /** Finds events by numbers that are written differently from an id, such as 4711.0. */
    private void findNumbers() {
        if (!persons.hasNumbers()) {
            return;
        }
        long last = store.summary(null).last();
        for (String name : database.readAlone(columns::names)) {
            for (String field : List.of("user_id", "global_user_id")) {
                List<Double> ids = (field.equals("user_id")
                                ? persons.persons().userIds()
                                : persons.persons().globalUserIds())
                        .stream()
                                .map(PersonSearch::number)
                                .filter(Double::isFinite)
                                .toList();
                if (!ids.isEmpty()) {
                    numbers("SELECT DISTINCT number FROM (" + columns.values(name, field) + " AND number > "
                                    + numbersSeen
                                    + ") WHERE regexp_full_match(id, '-?[0-9.]+([eE][-+]?[0-9]+)?') AND"
                                    + " regexp_matches(id, '[.eE]') AND list_contains(" + ids
                                    + "::DOUBLE[], TRY_CAST(id AS DOUBLE))")
                            .forEach(this::check);
                }
            }
        }
        numbersSeen = last;
    }

    private static double number(String id) {
        try {
            return id.matches("[-+0-9.eE]+") ? Double.parseDouble(id) : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private void check(long number) {
        store.withNumber(number).filter(event -> persons.isAbout(event.event())).ifPresent(event -> events.add(number));
    }

    private List<Long> numbers(String query) {
        return database.readAlone(connection -> Sql.list(connection, query, row -> row.getLong(1)));
    }

    PersonMatch persons() {
        return persons;
    }

    /** Returns the numbers of the events found. */
    Set<Long> events() {
        return events;
    }

    /** Returns the events found in requests of failed events. */
    List<FoundEvent> ofRequests() {
        return ofRequests;
    }

    /** Returns the origins of the waiting requests found. */
    Set<String> waiting() {
        return waiting;
    }

    /** Returns what to remove from a waiting request; null if nothing is. */
    @Nullable
    WaitingMatch match(WaitingRequest request) {
        return WaitingMatch.of(request, persons, requests);
    }
}
