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
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("model_engine", ReferenceEvent.MODEL_ENGINE);
        extra.put("prefix_length", ReferenceEvent.PREFIX_LENGTH);
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("environment", ReferenceEvent.ENVIRONMENT);
        data.put("source", ReferenceEvent.SOURCE);
        data.put("realm", ReferenceEvent.REALM);
        data.put("instance_id", ReferenceEvent.INSTANCE_ID);
        data.put("host_name", ReferenceEvent.HOST_NAME);
        data.put("instance_version", ReferenceEvent.INSTANCE_VERSION);
        data.put("global_user_id", ReferenceEvent.GLOBAL_USER_ID);
        data.put("context_generated_at", ReferenceEvent.GENERATED_AT);
        data.put("is_gitlab_team_member", true);
        data.put("feature_enabled_by_namespace_ids", ReferenceEvent.NAMESPACE_IDS);
        data.put("correlation_id", ReferenceEvent.CORRELATION_ID);
        data.put("extra", extra);
        Map<String, Object> contexts = new LinkedHashMap<>();
        contexts.put("schema", "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1");
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
