package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.processing.FailedRetry;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.query.TestSession;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /micro/failed/retry}: runs failed events through the pipeline again, from their original requests. */
public final class RetryRequests {

    private static final Logger LOG = LoggerFactory.getLogger(RetryRequests.class);
    private static final int STEP = 500;
    private static final long STEP_BYTES = 4 << 20;

    private final StoreQueries queries;
    private final FailedRetry retry;

    public RetryRequests(StoreQueries queries, FailedRetry retry) {
        this.queries = queries;
        this.retry = retry;
    }

    private record Retried(long good, long stillFailed, long withoutRequest) {
        Retried with(FailedRetry.Result result) {
            return switch (result) {
                case GOOD -> new Retried(good + 1, stillFailed, withoutRequest);
                case FAILED_AGAIN -> new Retried(good, stillFailed + 1, withoutRequest);
                case WITHOUT_REQUEST -> new Retried(good, stillFailed, withoutRequest + 1);
            };
        }
    }

    public void answer(HttpServerRequest request) {
        String number = request.getParam("number");
        if (number != null && !number.matches("[0-9]{1,18}")) {
            Answers.error(request, 400, "\"number\" must be the number of an event");
            return;
        }
        String session = TestSession.of(request);
        queries.change(
                request,
                store -> number == null ? all(store, session) : one(store, Long.parseLong(number)),
                (to, retried) -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("good", retried.good());
                    json.put("stillFailed", retried.stillFailed());
                    json.put("withoutRequest", retried.withoutRequest());
                    Answers.json(to, json);
                });
    }

    private Retried one(EventStore store, long number) {
        boolean failed =
                store.withNumber(number).filter(event -> !event.isGood()).isPresent();
        return failed ? new Retried(0, 0, 0).with(retry.retry(store, number)) : new Retried(0, 0, 0);
    }

    private Retried all(EventStore store, @Nullable String session) {
        EventQuery query = EventQuery.ALL.of(session).good(false).oldestFirst().withRepeats(true);
        Retried sum = new Retried(0, 0, 0);
        List<StoredEvent> some = store.find(query, 0, STEP, STEP_BYTES);
        while (!some.isEmpty()) {
            for (StoredEvent event : some) {
                FailedRetry.Result result = retry.retry(store, event.number());
                // A repeat is the same event as the one it repeats, so it is not counted separately.
                sum = event.repeat() ? sum : sum.with(result);
            }
            some = store.find(query.after(some.get(some.size() - 1).number()), 0, STEP, STEP_BYTES);
        }
        LOG.info("retried failed events: {} are good now, {} failed again", sum.good(), sum.stillFailed());
        return sum;
    }
}
