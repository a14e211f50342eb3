package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.protocol.PayloadBody;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The connections of one sending thread, one for each endpoint; each is opened with its first request. */
final class Connections implements AutoCloseable {

    private final List<Collector> collectors;

    Connections(EmitterSettings settings, Lifecycle lifecycle) {
        List<Collector> all = new ArrayList<>();
        for (URI endpoint : settings.destination().endpoints()) {
            all.add(new Collector(settings, endpoint, lifecycle));
        }
        this.collectors = List.copyOf(all);
    }

    /** Like {@link Collector#post}, to the endpoint of the turn. */
    Answer post(Endpoints.Turn turn, PayloadBody body, Runnable meanwhile) {
        return collectors.get(turn.endpoint().index()).post(body, turn.mostNanos(), meanwhile);
    }

    /** Aborts a request in flight that takes too long. */
    void expire(Endpoints endpoints) {
        for (int i = 0; i < collectors.size(); i++) {
            collectors.get(i).expire(endpoints.isOne() ? Long.MAX_VALUE : endpoints.mostInFlightNanos(i));
        }
    }

    /** Aborts the request in flight. */
    @Override
    public void close() {
        collectors.forEach(Collector::close);
    }
}
