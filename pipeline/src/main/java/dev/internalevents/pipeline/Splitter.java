package dev.internalevents.pipeline;

import dev.internalevents.pipeline.adapter.Adapter;
import dev.internalevents.pipeline.adapter.AdapterRequest;
import dev.internalevents.pipeline.adapter.Adapters;
import dev.internalevents.pipeline.adapter.RedirectHosts;
import dev.internalevents.pipeline.adapter.UnreadableRequestException;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.QueryString;
import dev.internalevents.protocol.TrackerPayload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first step: splits a request into events, using the adapter for its path. Thread-safe. */
final class Splitter {

    private static final String QUERY = "the query string";
    private static final String BODY = "the body";

    private final Adapters adapters;

    /** @see PipelineSettings */
    Splitter(boolean lenientEnvelope, RedirectHosts redirects) {
        this.adapters = new Adapters(lenientEnvelope, redirects);
    }

    /** An event, or an entry that could not be read. */
    sealed interface Part {}

    record Event(RawEvent raw) implements Part {}

    record Broken(FailedEvent failed) implements Part {}

    /** Returns at least one part. */
    List<Part> split(CollectorPayload payload) {
        Adapter adapter = adapters.of(payload.api().vendor(), payload.api().version());
        String where = QUERY;
        try {
            String query = payload.querystring();
            TrackerPayload parameters =
                    query == null || query.isEmpty() ? AdapterRequest.NO_QUERY : QueryString.parse(query);
            where = BODY;
            RequestBody body = payload.body();
            byte[] content = body == null ? null : content(body, payload.contentEncoding());
            return parts(
                    payload,
                    adapter.events(new AdapterRequest(
                            parameters, query == null ? 0 : query.length(), payload.contentType(), content)));
        } catch (UnreadableRequestException e) {
            return List.of(broken(payload, 0, e.where(), String.valueOf(e.getMessage())));
        } catch (MalformedPayloadException e) {
            return List.of(broken(payload, 0, where, String.valueOf(e.getMessage())));
        }
    }

    /** Returns the decompressed body; an empty body is not decompressed, whatever its encoding. */
    private static byte[] content(RequestBody body, @Nullable String encoding) {
        return body.isEmpty() ? body.bytes() : Inflater.decode(body, encoding);
    }

    private static List<Part> parts(CollectorPayload payload, List<PayloadData.Entry> entries) {
        List<Part> parts = new ArrayList<>(entries.size());
        for (PayloadData.Entry entry : entries) {
            if (entry instanceof PayloadData.Event event) {
                parts.add(new Event(new RawEvent(payload, event.payload(), parts.size())));
            } else {
                parts.add(broken(payload, parts.size(), BODY, ((PayloadData.Malformed) entry).reason()));
            }
        }
        return parts;
    }

    private static Broken broken(CollectorPayload payload, int index, String where, String message) {
        return new Broken(FailedEvent.unreadable(payload, index, Failure.of(Failure.Step.SPLIT, where, message)));
    }
}
