package dev.internalevents.testkit;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.PayloadData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the JSON that trackers send, so that tests need not write JSON inside JSON. */
public final class Payloads {

    private static final String CONTEXTS = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0";

    private Payloads() {}

    /** Returns the body of a request with these events, each a map of parameters such as {@code se_ac}. */
    public static String of(Map<?, ?>... events) {
        return Json.write(selfDescribing(PayloadData.SCHEMA.toString(), List.of(events)));
    }

    /**
     * Returns the parameters of a structured event with the category {@code c}.
     *
     * @param more further parameters, names and values in turn; may replace those
     */
    public static Map<String, String> structured(String action, String... more) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("e", "se");
        parameters.put("se_ca", "c");
        parameters.put("se_ac", action);
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return parameters;
    }

    /** Returns the value of the parameter {@code co}: JSON with these contexts. */
    public static String contexts(Map<?, ?>... contexts) {
        return Json.write(selfDescribing(CONTEXTS, List.of(contexts)));
    }

    /** Returns data with the schema that describes it. */
    public static Map<String, Object> selfDescribing(String schema, Object data) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("schema", schema);
        object.put("data", data);
        return object;
    }
}
