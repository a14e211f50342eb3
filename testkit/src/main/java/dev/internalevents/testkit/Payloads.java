package dev.internalevents.testkit;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.PayloadData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Builds the JSON that trackers send, so that tests need not write JSON inside JSON. */
public final class Payloads {

    /** A version of GitLab's context that collectors know. */
    public static final String GITLAB_STANDARD = "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7";

    /** The schema of a click on a link, whose data needs a {@code targetUrl}. */
    public static final String LINK_CLICK = "iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1";

    private static final String CONTEXTS = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0";
    private static final String UNSTRUCT_EVENT = "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0";

    private Payloads() {}

    /** Returns the body of a request with these events, each a map of parameters such as {@code se_ac}. */
    public static String of(Map<?, ?>... events) {
        return Json.write(selfDescribing(PayloadData.SCHEMA.toString(), List.of(events)));
    }

    /**
     * Returns the JSON of one event.
     *
     * @param parameters names and values in turn, such as {@code "e", "pv"}
     */
    public static String event(String... parameters) {
        return Json.write(pairs(parameters));
    }

    /** Returns parameters of an event from a name, its value, and further names and values in turn. */
    public static Map<String, String> parameters(String name, String value, String... more) {
        return pairs(Stream.concat(Stream.of(name, value), Stream.of(more)).toArray(String[]::new));
    }

    private static Map<String, String> pairs(String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return parameters;
    }

    /**
     * Returns the JSON of one self-describing event.
     *
     * @param more further parameters, names and values in turn
     */
    public static String selfDescribingEvent(String schema, Map<?, ?> data, String... more) {
        String event = Json.write(selfDescribing(UNSTRUCT_EVENT, selfDescribing(schema, data)));
        return event(Stream.concat(Stream.of("e", "ue", "ue_pr", event), Stream.of(more)).toArray(String[]::new));
    }

    /** Returns the value of the parameter {@code co}: JSON with these contexts. */
    public static String contexts(Map<?, ?>... contexts) {
        return Json.write(selfDescribing(CONTEXTS, List.of(contexts)));
    }

    /** Returns a text, such as JSON, as it is written within the quotes of a JSON string. */
    public static String escaped(String text) {
        String quoted = Json.write(text);
        return quoted.substring(1, quoted.length() - 1);
    }

    /** Returns data with the schema that describes it. */
    public static Map<String, Object> selfDescribing(String schema, Object data) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("schema", schema);
        object.put("data", data);
        return object;
    }
}
