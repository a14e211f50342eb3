package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.protocol.JsonWriter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code POST /micro/await}: answers as soon as enough events are there, or with what there is when the time is up. */
final class AwaitEvents {

    private static final int MAX_WAITING = 1_000;

    private final Stores stores;
    private final AtomicInteger waiting = new AtomicInteger();

    AwaitEvents(Stores stores) {
        this.stores = stores;
    }

    void answer(HttpServerRequest request, MicroFilters.Await asked) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            request.response().putHeader("Retry-After", "1");
            Answers.error(request, 503, MAX_WAITING + " requests are waiting already");
            return;
        }
        new Wait(request, asked).start();
    }

    private final class Wait implements Runnable {

        private final HttpServerRequest request;
        private final MicroFilters.Await asked;
        private final Context context = Vertx.currentContext();
        private long timer = -1;
        private boolean looking;
        private boolean again;
        private boolean late;
        private boolean over;

        private Wait(HttpServerRequest request, MicroFilters.Await asked) {
            this.request = request;
            this.asked = asked;
        }

        /** The store has changed. */
        @Override
        public void run() {
            context.runOnContext(now -> look());
        }

        private void start() {
            request.response().closeHandler(gone -> end());
            stores.processor().onChange(this);
            if (asked.timeoutMillis() == 0) {
                late = true;
            } else {
                timer = stores.vertx()
                        .setTimer(
                                asked.timeoutMillis(),
                                up -> context.runOnContext(now -> {
                                    late = true;
                                    look();
                                }));
            }
            look();
        }

        private void look() {
            if (looking || over) {
                again = true;
                return;
            }
            looking = true;
            again = false;
            boolean last = late;
            var unused = stores.ask(store -> store.find(asked.query(), 0, asked.count()))
                    .whenComplete((found, e) -> context.runOnContext(now -> {
                        looking = false;
                        if (over) {
                            return;
                        }
                        if (e != null) {
                            end();
                            Answers.error(request, 500, String.valueOf(e.getMessage()));
                        } else if (found.size() >= asked.count() || last) {
                            end();
                            answer(found);
                        } else if (again || late) {
                            look();
                        }
                    }));
        }

        private void answer(List<StoredEvent> found) {
            boolean enough = found.size() >= asked.count();
            JsonWriter json = new JsonWriter(4096).beginObject();
            json.name("found").number(found.size());
            json.name("asked").number(asked.count());
            json.name("events").beginArray();
            found.forEach(event -> json.value(EventRows.json(event.event())));
            Answers.json(request, enough ? 200 : 408, json.endArray().endObject());
        }

        private void end() {
            if (!over) {
                over = true;
                waiting.decrementAndGet();
                stores.processor().removeListener(this);
                if (timer >= 0) {
                    stores.vertx().cancelTimer(timer);
                }
            }
        }
    }
}
