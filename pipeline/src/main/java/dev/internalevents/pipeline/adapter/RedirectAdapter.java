package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.EnvelopeVersions;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads clicks on links that redirect through the collector: the parameter {@code u} is the target, the others are a
 * tracker's. A request without an event of its own becomes a uri_redirect event; otherwise a context of that schema is
 * added to its event.
 */
record RedirectAdapter(RedirectHosts hosts, EnvelopeVersions versions) implements Adapter {

    private static final SchemaKey SCHEMA = SchemaKey.of("com.snowplowanalytics.snowplow", "uri_redirect", "1-0-0");
    private static final String TRACKER_VERSION = "r-tp2";
    private static final String PLATFORM = "web";
    private static final String QUERY = "the query string";

    @Override
    public List<PayloadData.Entry> events(AdapterRequest request) {
        RedirectHosts.Decision decision = hosts.decide(request.query().get(RedirectHosts.PARAMETER));
        String fault = decision.fault();
        if (fault != null) {
            throw new UnreadableRequestException(QUERY, fault);
        }
        Map<String, String> parameters = new LinkedHashMap<>(request.query().parameters());
        String target = String.valueOf(parameters.remove(RedirectHosts.PARAMETER));
        SelfDescribingJson redirect = new SelfDescribingJson(SCHEMA, Map.of("uri", target));
        if (parameters.containsKey("e")) {
            addContext(parameters, redirect);
        } else {
            parameters.put("e", "ue");
            parameters.remove("ue_px");
            parameters.put("ue_pr", SelfDescribing.unstruct(redirect.schema(), redirect.data()));
        }
        parameters.put("tv", TRACKER_VERSION);
        String platform = parameters.get("p");
        parameters.put("p", platform == null || platform.isEmpty() ? PLATFORM : platform);
        return List.of(new PayloadData.Event(new TrackerPayload(parameters)));
    }

    private void addContext(Map<String, String> parameters, SelfDescribingJson redirect) {
        List<SelfDescribingJson> contexts;
        try {
            contexts = new ArrayList<>(
                    new TrackerPayload(parameters).contexts(versions).list());
        } catch (MalformedPayloadException e) {
            // Decoding the event will report this failure.
            return;
        }
        contexts.add(redirect);
        JsonWriter out = new JsonWriter();
        new Contexts(contexts).writeTo(out);
        parameters.remove("cx");
        parameters.put("co", out.toString());
    }
}
