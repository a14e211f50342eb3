package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.EnvelopeVersions;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the requests of trackers: one event in the query string, or payload_data as the body. Query string parameters
 * of a request with a body apply to each of its events, and take precedence over the event's own.
 */
final class TrackerAdapter implements Adapter {

    /**
     * Bodies of up to this many bytes per allowed event are not counted, so the limit matters only for larger ones: a
     * small compressed body can expand to millions of events.
     */
    private static final int MIN_EVENT_BYTES = 9;

    private final boolean lenient;
    private final EnvelopeVersions versions;

    TrackerAdapter(boolean lenient) {
        this.lenient = lenient;
        this.versions = Adapters.versions(lenient);
    }

    static int count(byte[] body) {
        return PayloadData.count(body);
    }

    @Override
    public List<PayloadData.Entry> events(AdapterRequest request) {
        byte[] body = request.body();
        TrackerPayload query = request.query();
        if (body == null) {
            if (query.parameters().isEmpty()) {
                throw new UnreadableRequestException(
                        "the query string", "it is empty; expected an event such as e=pv&p=web&tv=…");
            }
            return List.of(new PayloadData.Event(query));
        }
        if (!lenient && !ContentType.isJson(request.contentType())) {
            throw new UnreadableRequestException(
                    "the content type",
                    ContentType.found(request.contentType())
                            + "; expected application/json, alone or with charset=utf-8");
        }
        if (body.length == 0) {
            throw new UnreadableRequestException("the body", "it is empty; expected " + PayloadData.SCHEMA);
        }
        Adapters.checkCount(body, TrackerAdapter::count, MIN_EVENT_BYTES);
        List<PayloadData.Entry> entries = entries(body);
        return query.parameters().isEmpty() ? entries : merged(request, entries);
    }

    private List<PayloadData.Entry> entries(byte[] body) {
        try {
            return PayloadData.decode(body, versions);
        } catch (MalformedPayloadException e) {
            throw new UnreadableRequestException("the body", String.valueOf(e.getMessage()));
        }
    }

    private static List<PayloadData.Entry> merged(AdapterRequest request, List<PayloadData.Entry> entries) {
        Adapters.checkMerged(request, entries.size());
        Map<String, String> query = request.query().parameters();
        entries.replaceAll(entry -> entry instanceof PayloadData.Event event ? merged(event, query) : entry);
        return entries;
    }

    private static PayloadData.Event merged(PayloadData.Event event, Map<String, String> query) {
        Map<String, String> all = new LinkedHashMap<>(event.payload().parameters());
        all.putAll(query);
        return new PayloadData.Event(new TrackerPayload(all));
    }
}
