package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.collector.store.EventQuery;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.RawRequests;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /micro/failed/retry}: failed events once more through the pipeline, from what was received. */
public final class FailedEvents {

    private static final Logger LOG = LoggerFactory.getLogger(FailedEvents.class);
    private static final int STEP = 500;
    private static final long STEP_BYTES = 4 << 20;

    private final Stores stores;
    private final Pipeline pipeline;
    private final RawRequests requests;
    private final @Nullable StoredCounts counts;

    public FailedEvents(Stores stores, Pipeline pipeline, RawRequests requests, @Nullable StoredCounts counts) {
        this.stores = stores;
        this.pipeline = pipeline;
        this.requests = requests;
        this.counts = counts;
    }

    private record Retried(long good, long stillFailed, long withoutRequest) {}

    boolean handle(HttpServerRequest request, String path) {
        if (!path.equals("/failed/retry")) {
            return false;
        }
        if (!request.method().equals(HttpMethod.POST)) {
            request.response().putHeader("Allow", "POST");
            Answers.error(request, 405, request.path() + " takes POST");
            return true;
        }
        String number = request.getParam("number");
        if (number != null && !number.matches("[0-9]{1,18}")) {
            Answers.error(request, 400, "\"number\" must be the number of an event");
            return true;
        }
        String session = MicroApi.session(request);
        stores.change(
                request,
                store -> number == null ? all(store, session) : one(store, Long.parseLong(number)),
                (to, retried) -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("good", retried.good());
                    json.put("stillFailed", retried.stillFailed());
                    json.put("withoutRequest", retried.withoutRequest());
                    Answers.json(to, json);
                });
        return true;
    }

    private Retried one(EventStore store, long number) {
        Optional<StoredEvent> event = store.withNumber(number).filter(found -> !found.isGood());
        return event.isEmpty() ? new Retried(0, 0, 0) : retry(store, event.get());
    }

    private Retried all(EventStore store, @Nullable String session) {
        EventQuery query = EventQuery.ALL.of(session).good(false).sortedBy(null, false);
        Retried sum = new Retried(0, 0, 0);
        List<StoredEvent> some = store.find(query, 0, STEP, STEP_BYTES);
        while (!some.isEmpty()) {
            for (StoredEvent event : some) {
                Retried one = retry(store, event);
                sum = new Retried(
                        sum.good() + one.good(),
                        sum.stillFailed() + one.stillFailed(),
                        sum.withoutRequest() + one.withoutRequest());
            }
            some = store.find(query.after(some.get(some.size() - 1).number()), 0, STEP, STEP_BYTES);
        }
        LOG.info("retried failed events: {} are good now, {} failed again", sum.good(), sum.stillFailed());
        return sum;
    }

    /** It is not its own duplicate: what was seen of it is what failed. */
    private Retried retry(EventStore store, StoredEvent failed) {
        Optional<byte[]> frame = store.frame(failed.number()).map(requests::open);
        if (frame.isEmpty()) {
            return new Retried(0, 0, 1);
        }
        CollectorPayload payload = PayloadFrame.decode(frame.get());
        List<ProcessedEvent> events = pipeline.process(payload, "retried/" + failed.number());
        int index = failed.event().index();
        if (index >= events.size()) {
            return new Retried(0, 1, 0);
        }
        StoredEvent now = new StoredEvent(failed.number(), failed.session(), events.get(index));
        store.replace(now);
        stores.processor().countReplaced();
        if (counts != null && now.event() instanceof GoodEvent good) {
            counts.retried(good);
        }
        return now.isGood() ? new Retried(1, 0, 0) : new Retried(0, 1, 0);
    }
}
