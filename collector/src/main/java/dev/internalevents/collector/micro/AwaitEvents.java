package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.query.EventParts;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.query.StreamedAnswer;
import dev.internalevents.store.EventMatch;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.ReadLimit;
import dev.internalevents.store.StoredEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /micro/await}: answers as soon as enough events are stored, or with the events found so far at the
 * timeout.
 *
 * <p>One thread serves all waiting requests. It queries the store once for each of them; after that, it reads each new
 * event once and matches it against all waiting requests. It counts again after a reset, and after an event was
 * replaced.
 */
final class AwaitEvents {

    private static final Logger LOG = LoggerFactory.getLogger(AwaitEvents.class);
    private static final int MAX_WAITING = 1_000;
    private static final int STEP = 500;
    private static final long STEP_BYTES = 4 << 20;
    /** A count query costs about as much as reading this many events. */
    private static final long EVENTS_PER_COUNT = 500;

    /** How long after its timeout a request waits for the last look at the store. */
    static final long LAST_LOOK_MILLIS = 2_000;

    private final StoreQueries queries;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean planned = new AtomicBoolean();
    private final Queue<Wait> arriving = new ConcurrentLinkedQueue<>();

    // The fields below are confined to the waiting thread.
    private final Set<Wait> counting = new LinkedHashSet<>();
    private long position;
    private long resets;
    private long replaced;

    AwaitEvents(StoreQueries queries) {
        this.queries = queries;
        queries.processor().onChange(this::plan);
    }

    void answer(HttpServerRequest request, MicroFilters.Await asked) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            StoreQueries.busy(request, MAX_WAITING + " requests are waiting already");
            return;
        }
        new Wait(request, asked).start();
    }

    /** Schedules a look: the store has changed, or a request started to wait. */
    private void plan() {
        if (waiting.get() > 0 && !planned.getAndSet(true)) {
            execute(this::look);
        }
    }

    private void execute(Runnable task) {
        try {
            queries.waiters().execute(task);
        } catch (RejectedExecutionException e) {
            // The collector is shutting down and closes its connections.
        }
    }

    /** Looks at new events. Runs on the waiting thread. */
    private void look() {
        planned.set(false);
        EventStore store = queries.openStore();
        if (store == null) {
            return;
        }
        try {
            look(store);
        } catch (RuntimeException | Error e) {
            // The next change or timeout tries again.
            LOG.warn("looking for awaited events failed, and is retried: {}", e.toString());
            counting.forEach(wait -> wait.counted = false);
        }
    }

    private void look(EventStore store) {
        for (Wait wait = arriving.poll(); wait != null; wait = arriving.poll()) {
            counting.add(wait);
        }
        counting.removeIf(wait -> wait.over.get());
        if (counting.isEmpty()) {
            return;
        }
        EventStore.Summary now = store.summary(null);
        long replacedNow = queries.processor().replaced();
        boolean changed = now.resets() != resets || replacedNow != replaced;
        resets = now.resets();
        replaced = replacedNow;
        List<Wait> known = new ArrayList<>();
        for (Wait wait : counting) {
            wait.counted &= !changed;
            if (wait.counted) {
                known.add(wait);
            }
        }
        if (!known.isEmpty() && now.last() > position) {
            more(store, known, now.last());
        }
        position = now.last();
        for (Wait wait : counting) {
            if (!wait.counted && !wait.over.get()) {
                wait.count(store, wait.asked.query().before(position + 1), 0);
            }
            wait.lastFound = wait.found;
            if (wait.counted && wait.found >= wait.asked.count()) {
                wait.answer(store, false);
            }
        }
    }

    /** Counts the events after the position, up to and including the last one. */
    private void more(EventStore store, List<Wait> known, long last) {
        if (last - position > known.size() * EVENTS_PER_COUNT) {
            for (Wait wait : known) {
                wait.count(store, wait.asked.query().after(position).before(last + 1), wait.found);
            }
            return;
        }
        EventQuery ascending = EventQuery.ALL.before(last + 1).oldestFirst().withRepeats(true);
        long after = position;
        while (true) {
            EventQuery next = ascending.after(after);
            List<StoredEvent> some = queries.newLimit().apply(() -> store.find(next, 0, STEP, STEP_BYTES));
            if (some.isEmpty()) {
                return;
            }
            for (StoredEvent event : some) {
                for (Wait wait : known) {
                    wait.found += wait.matching.test(event) ? 1 : 0;
                }
            }
            after = some.get(some.size() - 1).number();
        }
    }

    private final class Wait {

        private final HttpServerRequest request;
        private final MicroFilters.Await asked;
        private final Predicate<StoredEvent> matching;
        private final Context context = Vertx.currentContext();
        private final AtomicBoolean over = new AtomicBoolean();
        private final ReadLimit limit = queries.newLimit();
        private long timer = -1;
        private boolean counted;
        private long found;

        /** The events found so far, for other threads than the waiting thread. */
        private volatile long lastFound;

        private Wait(HttpServerRequest request, MicroFilters.Await asked) {
            this.request = request;
            this.asked = asked;
            this.matching = EventMatch.of(asked.query());
        }

        /**
         * Counts events in addition to others. A request whose count takes too long fails, and does not stop others.
         */
        private void count(EventStore store, EventQuery query, long others) {
            try {
                found = others + limit.apply(() -> store.count(query));
                lastFound = found;
                counted = true;
            } catch (ReadLimit.ExceededException e) {
                fail(e);
            }
        }

        private void start() {
            request.response().closeHandler(gone -> end());
            if (queries.openStore() == null) {
                // The store may open within that time; if not, answer with the reason.
                queries.vertx().setTimer(StoreQueries.AWAY_MILLIS, late -> {
                    if (queries.openStore() == null) {
                        fail(new TimeoutException());
                    } else {
                        plan();
                    }
                });
            }
            arriving.add(this);
            if (asked.timeoutMillis() == 0) {
                late();
            } else {
                timer = queries.vertx().setTimer(asked.timeoutMillis(), up -> late());
                plan();
            }
        }

        /** Answers with the events found so far, because the timeout has passed. */
        private void late() {
            timer = queries.vertx().setTimer(LAST_LOOK_MILLIS, unanswered -> lateWithoutEvents());
            execute(() -> {
                look();
                EventStore store = queries.openStore();
                if (store == null) {
                    fail(new TimeoutException());
                } else if (!over.get()) {
                    answer(store, true);
                }
            });
        }

        /** Answers without events, because the store is still busy, and stops the query. */
        private void lateWithoutEvents() {
            if (end()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("found", Math.min(lastFound, asked.count()));
                json.put("asked", asked.count());
                json.put("events", List.of());
                Answers.json(request, 408, json);
            }
        }

        /**
         * Answers if there are enough events. Runs on the waiting thread; counted events may have been removed
         * meanwhile.
         */
        private void answer(EventStore store, boolean last) {
            try {
                limit.apply(() -> {
                    answerInTime(store, last);
                    return last;
                });
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        }

        private void answerInTime(EventStore store, boolean last) {
            EventQuery query = asked.query().before(store.summary(null).last() + 1);
            long there = Math.min(store.count(query), asked.count());
            boolean enough = there >= asked.count();
            if (!enough && !last) {
                found = there;
                return;
            }
            EventList events = new EventList(
                    queries.memory(),
                    new EventParts(queries.memory(), query, 0, there, EventList::microJson),
                    enough ? 200 : 408,
                    (from, json) -> json.beginObject()
                            .name("found")
                            .number(there)
                            .name("asked")
                            .number(asked.count())
                            .name("events")
                            .beginArray(),
                    (from, json) -> json.endArray().endObject());
            answer(events, events.next(store));
        }

        private void answer(EventList events, StreamedAnswer.Part first) {
            context.runOnContext(now -> {
                if (end()) {
                    StreamedAnswer.json(queries, request, queries.waiters(), first, events);
                } else {
                    first.text().release();
                }
            });
        }

        private void fail(Throwable e) {
            context.runOnContext(now -> {
                if (end()) {
                    queries.fail(request, e);
                }
            });
        }

        /** Ends the wait; returns whether this call ended it. */
        private boolean end() {
            boolean first = !over.getAndSet(true);
            if (first) {
                waiting.decrementAndGet();
                arriving.remove(this);
                limit.cancel();
                if (timer >= 0) {
                    queries.vertx().cancelTimer(timer);
                }
            }
            return first;
        }
    }
}
