package dev.internalevents.pipeline;

import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.QueryString;
import java.util.ArrayList;
import java.util.List;

/** The first step: from a request to its events. */
final class Splitter {

    /** As many as the collector takes in a plain body: a small one can grow to millions when it is inflated. */
    private static final int MAX_EVENTS = 10_000;

    private static final int MIN_EVENT_BYTES = 9;

    private Splitter() {}

    /** Exactly one of the two is there. */
    sealed interface Part {}

    record Event(RawEvent raw) implements Part {}

    record Broken(FailedEvent failed) implements Part {}

    /** At least one part. */
    static List<Part> split(CollectorPayload payload) {
        RequestBody body = payload.body();
        return body == null ? fromQuery(payload) : fromBody(payload, body);
    }

    private static List<Part> fromQuery(CollectorPayload payload) {
        String query = payload.querystring();
        if (query == null || query.isEmpty()) {
            return List.of(
                    broken(payload, 0, "the query string", "it is empty; expected an event such as e=pv&p=web&tv=…"));
        }
        try {
            return List.of(new Event(new RawEvent(payload, QueryString.parse(query), 0)));
        } catch (MalformedPayloadException e) {
            return List.of(broken(payload, 0, "the query string", message(e)));
        }
    }

    private static List<Part> fromBody(CollectorPayload payload, RequestBody body) {
        if (body.isEmpty()) {
            return List.of(broken(payload, 0, "the body", "it is empty; expected " + PayloadData.SCHEMA));
        }
        List<Part> parts = new ArrayList<>();
        try {
            byte[] json = Inflater.decode(body, payload.contentEncoding());
            if (json.length / MIN_EVENT_BYTES > MAX_EVENTS && PayloadData.count(json) > MAX_EVENTS) {
                return List.of(broken(
                        payload,
                        0,
                        "the body",
                        "it has more than " + MAX_EVENTS + " events, expected that many at most"));
            }
            for (PayloadData.Entry entry : PayloadData.decode(json)) {
                if (entry instanceof PayloadData.Event event) {
                    parts.add(new Event(new RawEvent(payload, event.payload(), parts.size())));
                } else {
                    parts.add(broken(payload, parts.size(), "the body", ((PayloadData.Malformed) entry).reason()));
                }
            }
        } catch (MalformedPayloadException e) {
            return List.of(broken(payload, 0, "the body", message(e)));
        }
        return parts;
    }

    private static Broken broken(CollectorPayload payload, int index, String where, String message) {
        return new Broken(FailedEvent.unreadable(payload, index, Failure.of(Failure.Step.SPLIT, where, message)));
    }

    private static String message(MalformedPayloadException e) {
        return String.valueOf(e.getMessage());
    }
}
