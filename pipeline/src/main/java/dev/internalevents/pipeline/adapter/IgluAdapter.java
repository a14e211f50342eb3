package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.QueryString;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Iglu webhook, through which services without a tracker send self-describing events. Either the schema is a
 * parameter of the query string, and the data is the rest of the query string, a form, a JSON object, or an array of
 * them; or the body is a self-describing JSON, or an array of them.
 *
 * @see <a href="https://docs.snowplow.io/docs/sources/webhooks/iglu-webhook/">Snowplow's documentation</a>
 */
final class IgluAdapter implements Adapter {

    private static final String TRACKER_VERSION = "com.snowplowanalytics.iglu-v1";
    private static final String PLATFORM = "srv";
    private static final String SCHEMA = "schema";
    private static final String DATA = "data";
    private static final String QUERY = "the query string";
    private static final String BODY = "the body";
    private static final String EXAMPLE = "schema=iglu:com.acme/event/jsonschema/1-0-0";

    /** Query string parameters that are copied to the event, in addition to the platform. */
    private static final Set<String> OF_EVENT = Set.of("aid", "cv", "eid", "nuid", "ttm", "url");

    /** Query string parameters that are not data. */
    private static final Set<String> NOT_DATA = Set.of(SCHEMA, "aid", "cv", "nuid", "p");

    /** The minimum size of an array element, with its comma. */
    private static final int MIN_EVENT_BYTES = 2;

    private final boolean lenient;

    IgluAdapter(boolean lenient) {
        this.lenient = lenient;
    }

    /** Returns the number of elements of an array; 1 for every other body. */
    static int count(byte[] body) {
        return isArray(body) ? PayloadData.count(body, 1) : 1;
    }

    @Override
    public List<PayloadData.Entry> events(AdapterRequest request) {
        byte[] body = request.body();
        SchemaKey schema = schema(request.query());
        if (body == null) {
            if (schema == null) {
                throw new UnreadableRequestException(QUERY, "it has no schema; expected for example " + EXAMPLE);
            }
            Map<String, @Nullable Object> data = data(request.query(), NOT_DATA);
            return List.of(new PayloadData.Event(event(request.query(), schema, data)));
        }
        boolean form =
                lenient ? ContentType.isAnyForm(request.contentType()) : ContentType.isForm(request.contentType());
        if (lenient && form && schema == null && (firstOf(body) == '{' || isArray(body))) {
            // curl sends this content type by default.
            form = false;
        }
        if (!form && !lenient && !ContentType.isJson(request.contentType())) {
            throw new UnreadableRequestException(
                    "the content type",
                    ContentType.found(request.contentType()) + "; expected application/json, alone or with"
                            + " charset=utf-8, or application/x-www-form-urlencoded");
        }
        if (body.length == 0) {
            throw new UnreadableRequestException(
                    BODY,
                    "it is empty; expected a self-describing JSON, or data and " + EXAMPLE + " in the query string");
        }
        try {
            return form ? List.of(form(request, schema, body)) : json(request, schema, body);
        } catch (MalformedPayloadException e) {
            throw new UnreadableRequestException(BODY, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable SchemaKey schema(TrackerPayload query) {
        String uri = query.get(SCHEMA);
        if (uri == null || uri.isEmpty()) {
            return null;
        }
        try {
            return SchemaKey.parse(uri);
        } catch (IllegalArgumentException e) {
            throw new UnreadableRequestException(QUERY, "schema: " + e.getMessage());
        }
    }

    private static PayloadData.Entry form(AdapterRequest request, @Nullable SchemaKey schema, byte[] body) {
        if (schema == null) {
            throw new UnreadableRequestException(
                    QUERY, "it has no schema, which a form needs; expected for example " + EXAMPLE);
        }
        TrackerPayload fields = QueryString.parse(Json.text(body));
        return new PayloadData.Event(event(request.query(), schema, data(fields, Set.of())));
    }

    private static List<PayloadData.Entry> json(AdapterRequest request, @Nullable SchemaKey schema, byte[] body) {
        Adapters.checkCount(body, IgluAdapter::count, MIN_EVENT_BYTES);
        Object json;
        try {
            json = Json.parse(body);
        } catch (MalformedPayloadException e) {
            if (!isArray(body)) {
                throw e;
            }
            return oneByOne(request, schema, body);
        }
        if (json instanceof List<?> list) {
            if (list.isEmpty()) {
                throw new UnreadableRequestException(BODY, "it is an empty array; expected at least one event");
            }
            Adapters.checkMerged(request, list.size());
            List<PayloadData.Entry> entries = new ArrayList<>(list.size());
            for (int i = 0; i < list.size(); i++) {
                entries.add(entry(request.query(), schema, list.get(i), place(i)));
            }
            return entries;
        }
        if (!(json instanceof Map<?, ?> object) || (object.isEmpty() && schema == null)) {
            throw new UnreadableRequestException(
                    BODY, "it is not an object with members, nor an array of them; expected a self-describing JSON");
        }
        return List.of(entry(request.query(), schema, json, "the body"));
    }

    /** Reads the elements of an array one by one, after the array could not be parsed as a whole. */
    private static List<PayloadData.Entry> oneByOne(AdapterRequest request, @Nullable SchemaKey schema, byte[] body) {
        List<String> elements = Json.elements(Json.text(body));
        Adapters.checkMerged(request, elements.size());
        List<PayloadData.Entry> entries = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            try {
                entries.add(entry(request.query(), schema, Json.parse(elements.get(i)), place(i)));
            } catch (MalformedPayloadException e) {
                entries.add(new PayloadData.Malformed(place(i) + ": " + e.getMessage()));
            }
        }
        return entries;
    }

    private static String place(int index) {
        return "the event at /" + index;
    }

    private static boolean isArray(byte[] body) {
        return firstOf(body) == '[';
    }

    /** Returns the first byte that is not whitespace; 0 if there is none. */
    private static byte firstOf(byte[] body) {
        for (byte b : body) {
            if (b > ' ') {
                return b;
            }
        }
        return 0;
    }

    private static PayloadData.Entry entry(
            TrackerPayload query, @Nullable SchemaKey schema, @Nullable Object json, String where) {
        if (schema != null) {
            return new PayloadData.Event(event(query, schema, json));
        }
        try {
            SelfDescribingJson event = SelfDescribingJson.of(schemaAndData(json), where);
            return new PayloadData.Event(event(query, event.schema(), event.data()));
        } catch (MalformedPayloadException e) {
            return new PayloadData.Malformed(String.valueOf(e.getMessage()));
        }
    }

    /** Removes other members, which some services add. */
    private static @Nullable Object schemaAndData(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> object)) {
            return json;
        }
        Map<String, @Nullable Object> two = new LinkedHashMap<>();
        for (String name : List.of(SCHEMA, DATA)) {
            if (object.containsKey(name)) {
                two.put(name, object.get(name));
            }
        }
        return two;
    }

    /** Returns parameters as data; a parameter without a value becomes null. */
    private static Map<String, @Nullable Object> data(TrackerPayload parameters, Set<String> without) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        parameters.parameters().forEach((name, value) -> {
            if (!without.contains(name)) {
                data.put(name, value.isEmpty() ? null : value);
            }
        });
        return data;
    }

    private static TrackerPayload event(TrackerPayload query, SchemaKey schema, @Nullable Object data) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String platform = query.get("p");
        parameters.put("e", "ue");
        parameters.put("p", platform == null || platform.isEmpty() ? PLATFORM : platform);
        parameters.put("tv", TRACKER_VERSION);
        query.parameters().forEach((name, value) -> {
            if (OF_EVENT.contains(name)) {
                parameters.put(name, value);
            }
        });
        parameters.put("ue_pr", SelfDescribing.unstruct(schema, data));
        return new TrackerPayload(parameters);
    }
}
