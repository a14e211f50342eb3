package dev.internalevents.benchmarks.collect;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.ProductVersion;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reference event as a tracker sends it, with a placeholder for its id. */
public final class EventText {

    /** The placeholder for the id; it has the length of an id. */
    static final String ID = "EVENT-ID-EVENT-ID-EVENT-ID-EVENT-ID-";

    /** The part of a body before the first event; {@code ]}} follows the last event. */
    public static final String HEAD = "{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[";

    private EventText() {}

    /** Returns one event with the placeholder in place of its id. */
    public static String event() {
        Map<String, Object> contexts = new LinkedHashMap<>();
        contexts.put("schema", "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1");
        Map<String, Object> data = ReferenceEvent.standardContext();
        contexts.put(
                "data", List.of(Map.of("schema", "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7", "data", data)));
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("e", "se");
        event.put("eid", ID);
        event.put("tv", "internal-events-jvm-" + ProductVersion.CURRENT);
        event.put("p", "srv");
        event.put("tna", "gl");
        event.put("aid", "gitlab_ai_gateway");
        event.put("dtm", "1795470524716");
        event.put("se_ca", ReferenceEvent.CATEGORY);
        event.put("se_ac", ReferenceEvent.ACTION);
        event.put("se_la", ReferenceEvent.LABEL);
        event.put("se_pr", ReferenceEvent.PROPERTY);
        event.put("se_va", String.valueOf(ReferenceEvent.VALUE));
        event.put(
                "cx",
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Json.write(contexts).getBytes(StandardCharsets.UTF_8)));
        event.put("stm", "1795470524717");
        return Json.write(event);
    }
}
