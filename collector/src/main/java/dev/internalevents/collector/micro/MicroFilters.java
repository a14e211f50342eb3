package dev.internalevents.collector.micro;

import dev.internalevents.pipeline.AtomicFields;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.SchemaColumns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses the POST bodies of Micro's API into queries. Each method throws {@link MalformedPayloadException} naming the
 * invalid key. Immutable.
 */
public final class MicroFilters {

    /** The maximum number of events in a list if the request sets no limit. */
    static final int MAX_LIST = 20_000;

    private static final int DEFAULT_PAGE_SIZE = 50;

    // These are also in openapi.json.
    static final int MAX_PAGE_SIZE = 1_000;
    static final int MAX_BUCKETS = 1_000;
    static final int MAX_COLUMNS = 500;
    static final int MAX_FILTERS = 100;
    static final int MAX_VALUES = 1_000;
    static final int MAX_CONTEXTS = 100;
    static final long MAX_TIMEOUT_MILLIS = 60_000;
    static final long DEFAULT_TIMEOUT_MILLIS = 5_000;

    /** The trackers' abbreviations of event types, which filters may use as well. */
    private static final Map<String, String> TYPES = Map.of(
            "pv",
            "page_view",
            "pp",
            "page_ping",
            "se",
            "struct",
            "ue",
            "unstruct",
            "tr",
            "transaction",
            "ti",
            "transaction_item");

    private final boolean compat;

    /** @param compat whether unknown keys are ignored, as in Micro, and repeats count */
    public MicroFilters(boolean compat) {
        this.compat = compat;
    }

    /** A query and the maximum number of events. */
    record Selection(EventQuery query, int limit) {}

    /** A request for one page. */
    record PageRequest(EventQuery query, long page, int size) {}

    /** The time spans to count events in, and which events. */
    record Timeline(List<EventStore.Bucket> buckets, EventQuery query) {}

    /** The events to wait for: a query, their number, and the timeout. */
    record Await(EventQuery query, int count, long timeoutMillis) {}

    Selection allGood(@Nullable String session) {
        return new Selection(EventQuery.ALL.of(session).good(true).withRepeats(compat), MAX_LIST);
    }

    /** Reads {@code {"event_type":"page_view","schema":"iglu:…","contexts":["iglu:…"],"limit":10}}. */
    Selection good(byte[] body, @Nullable String session) {
        Map<?, ?> json = object(body, Set.of("event_type", "schema", "contexts", "limit"));
        String schema = JsonKeys.text(json, "schema");
        List<String> contexts = JsonKeys.texts(json, "contexts", "an array of schema URIs");
        checkNumber("contexts", contexts.size(), "schemas", MAX_CONTEXTS);
        EventQuery query = EventQuery.ALL
                .of(session)
                .good(true)
                .withRepeats(compat)
                .withContexts(contexts.stream().map(MicroFilters::uri).toList(), schema == null ? null : uri(schema));
        String name = JsonKeys.text(json, "event_type");
        String type = name == null ? null : TYPES.getOrDefault(name, name);
        return new Selection(
                type == null ? query : query.where(EventQuery.Filter.equal("event", List.of(type))), limit(json));
    }

    /** Returns a schema's URI; adds the prefix {@code iglu:} if it is missing. */
    private static String uri(String schema) {
        return schema.startsWith("iglu:") ? schema : "iglu:" + schema;
    }

    /** Which failed events are requested. */
    record Bad(@Nullable String vendor, @Nullable String version, int limit) {}

    /** Reads {@code {"vendor":"com.snowplowanalytics.snowplow","version":"tp2","limit":10}}. */
    Bad bad(byte[] body) {
        Map<?, ?> json = object(body, Set.of("vendor", "version", "limit"));
        return new Bad(JsonKeys.text(json, "vendor"), JsonKeys.text(json, "version"), limit(json));
    }

    /**
     * Reads
     * {@code {"filters":[{"column":"event_name","values":["a"]}],"validEvents":true,"timeRange":{"start":…,"end":…},
     * "sorting":{"column":"collector_tstamp","desc":true},"page":1,"pageSize":50}}.
     */
    PageRequest page(byte[] body, @Nullable String session) {
        Map<?, ?> json =
                object(body, Set.of("filters", "validEvents", "timeRange", "sorting", "page", "pageSize", "after"));
        EventQuery query = filtered(json, session);
        if (json.get("timeRange") instanceof Map<?, ?> range) {
            check(range, Set.of("start", "end"), "\"timeRange\"");
            query = query.between(TimeValue.read(range, "start"), TimeValue.read(range, "end"));
        } else if (json.get("timeRange") != null) {
            throw new MalformedPayloadException("\"timeRange\" must be an object with \"start\" and \"end\"");
        }
        if (json.get("sorting") instanceof Map<?, ?> sorting) {
            check(sorting, Set.of("column", "desc"), "\"sorting\"");
            query = query.sortedBy(
                    sortColumn(sorting),
                    Boolean.FALSE.equals(JsonKeys.flag(sorting, "desc"))
                            ? EventQuery.Direction.ASCENDING
                            : EventQuery.Direction.DESCENDING);
        } else if (json.get("sorting") != null) {
            throw new MalformedPayloadException("\"sorting\" must be an object with \"column\" and \"desc\"");
        }
        query = query.after(JsonKeys.number(json, "after", 0, 0, Long.MAX_VALUE));
        return new PageRequest(query, JsonKeys.number(json, "page", 1, 1, Integer.MAX_VALUE), (int)
                JsonKeys.number(json, "pageSize", DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE));
    }

    /** Returns the query of the keys "filters" and "validEvents". */
    private EventQuery filtered(Map<?, ?> json, @Nullable String session) {
        EventQuery query = EventQuery.ALL
                .of(session)
                .good(JsonKeys.flag(json, "validEvents"))
                .withRepeats(true);
        List<?> filters = JsonKeys.list(json, "filters");
        checkNumber("filters", filters.size(), "filters", MAX_FILTERS);
        int values = 0;
        for (Object item : filters) {
            EventQuery.Filter filter = filter(item);
            values += filter.values().size();
            query = query.where(filter);
        }
        checkNumber("filters", values, "values in all", MAX_VALUES);
        return query;
    }

    /**
     * Returns the query of a request for a page, without the page.
     *
     * @throws MalformedPayloadException if it is not such a request
     */
    public EventQuery query(byte[] json, @Nullable String session) {
        return page(json, session).query();
    }

    /**
     * Reads
     * {@code {"where":{"event_name":"page_view","schema":"iglu:…"},"validEvents":true,"count":1,"timeoutMs":5000}}.
     */
    Await await(byte[] body, @Nullable String session) {
        Map<?, ?> json = strictly(body, Set.of("where", "validEvents", "count", "timeoutMs"));
        Boolean valid = json.containsKey("validEvents") ? JsonKeys.flag(json, "validEvents") : Boolean.TRUE;
        EventQuery query = EventQuery.ALL.of(session).good(valid).withRepeats(compat);
        if (json.get("where") instanceof Map<?, ?> where) {
            String schema = JsonKeys.text(where, "schema");
            if (schema != null) {
                query = query.withContexts(List.of(), uri(schema));
            }
            checkNumber("where", where.size(), "keys", MAX_FILTERS);
            int values = 0;
            for (Map.Entry<?, ?> entry : where.entrySet()) {
                if ("schema".equals(entry.getKey())) {
                    continue;
                }
                EventQuery.Filter filter = EventQuery.Filter.equal(column((String) entry.getKey()), values(entry));
                values += filter.values().size();
                query = query.where(filter);
            }
            checkNumber("where", values, "values in all", MAX_VALUES);
        } else if (json.get("where") != null) {
            throw new MalformedPayloadException("\"where\" must be an object such as {\"event_name\":\"page_view\"}");
        }
        return new Await(
                query,
                (int) JsonKeys.number(json, "count", 1, 1, MAX_LIST),
                JsonKeys.number(json, "timeoutMs", DEFAULT_TIMEOUT_MILLIS, 0, MAX_TIMEOUT_MILLIS));
    }

    private static List<String> values(Map.Entry<?, ?> entry) {
        List<?> values = entry.getValue() instanceof List<?> list ? list : List.of(scalar(entry.getValue()));
        return values.stream().map(MicroFilters::scalar).toList();
    }

    private static String scalar(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        } else if (value instanceof Number || value instanceof Boolean) {
            return Json.write(value);
        }
        throw new MalformedPayloadException(
                "a value to compare with must be a string, a number or a boolean, or an array of these");
    }

    /** Reads {@code {"columns":["app_id"]}}. */
    List<String> columns(byte[] body) {
        List<String> columns = JsonKeys.texts(object(body, Set.of("columns")), "columns", "an array of column names");
        checkNumber("columns", columns.size(), "names", MAX_COLUMNS);
        return columns;
    }

    /** Rejects more parts than a query can have in reasonable time. */
    private static void checkNumber(String key, int number, String what, int max) {
        if (number > max) {
            throw new MalformedPayloadException(
                    "\"" + key + "\" has " + number + " " + what + ", expected " + max + " at most");
        }
    }

    /**
     * Reads
     * {@code {"buckets":[{"start":…,"end":…}],"filters":[{"column":"event_name","values":["a"]}],"validEvents":true}}.
     */
    Timeline timeline(byte[] body, @Nullable String session) {
        Map<?, ?> json = object(body, Set.of("buckets", "filters", "validEvents"));
        return new Timeline(buckets(json), filtered(json, session));
    }

    private List<EventStore.Bucket> buckets(Map<?, ?> json) {
        List<EventStore.Bucket> buckets = new ArrayList<>();
        for (Object item : JsonKeys.list(json, "buckets")) {
            if (item instanceof Map<?, ?> bucket) {
                check(bucket, Set.of("start", "end"), "each of \"buckets\"");
            }
            Instant start = item instanceof Map<?, ?> bucket ? TimeValue.read(bucket, "start") : null;
            Instant end = item instanceof Map<?, ?> bucket ? TimeValue.read(bucket, "end") : null;
            if (start == null || end == null) {
                throw new MalformedPayloadException("each of \"buckets\" must be an object with \"start\" and \"end\"");
            }
            buckets.add(new EventStore.Bucket(start, end));
        }
        if (buckets.size() > MAX_BUCKETS) {
            throw new MalformedPayloadException(
                    "there are " + buckets.size() + " buckets, expected " + MAX_BUCKETS + " at most");
        }
        return buckets;
    }

    /** Reads {@code {"sql":"SELECT 1"}}. */
    String sql(byte[] body) {
        String sql = JsonKeys.text(strictly(body, Set.of("sql")), "sql");
        if (sql == null || sql.isBlank()) {
            throw new MalformedPayloadException("\"sql\" is missing; expected a SELECT");
        }
        return sql.strip().replaceAll(";+$", "");
    }

    private EventQuery.Filter filter(@Nullable Object item) {
        if (item instanceof Map<?, ?> filter && filter.get("column") instanceof String column) {
            check(filter, Set.of("column", "values", "contains"), "each of \"filters\"");
            if (!compat && filter.get("values") == null) {
                throw new MalformedPayloadException("the filter of \"" + column
                        + "\" has no \"values\"; expected an array such as [\"page_view\"]");
            }
            List<String> values = new ArrayList<>();
            for (Object value : JsonKeys.list(filter, "values")) {
                values.add(scalar(value));
            }
            return Boolean.TRUE.equals(JsonKeys.flag(filter, "contains"))
                    ? EventQuery.Filter.containing(column(column), values)
                    : EventQuery.Filter.equal(column(column), values);
        }
        throw new MalformedPayloadException("each of \"filters\" must be an object with \"column\" and \"values\"");
    }

    /**
     * Checks that events can have a column. Columns of schemas are not checked further, as any schema may still arrive.
     */
    private static String column(String name) {
        if (!name.equals(EventQuery.TITLE) && !AtomicFields.NAMES.contains(name) && !SchemaColumns.isOfSchema(name)) {
            throw new MalformedPayloadException(
                    "\"" + name + "\" is not a column of events; expected an atomic field such"
                            + " as \"event_name\" or \"se_action\", or a field of a schema such as"
                            + " \"contexts_com_gitlab_gitlab_standard_1.realm\"");
        }
        return name;
    }

    private static @Nullable String sortColumn(Map<?, ?> sorting) {
        String name = JsonKeys.text(sorting, "column");
        return name == null ? null : column(name);
    }

    private Map<?, ?> object(byte[] body, Set<String> known) {
        Map<?, ?> object = object(body);
        check(object, known, "this filter");
        return object;
    }

    /** Parses requests that Micro does not have. */
    private static Map<?, ?> strictly(byte[] body, Set<String> known) {
        Map<?, ?> object = object(body);
        checkStrictly(object, known, "this request");
        return object;
    }

    private static Map<?, ?> object(byte[] body) {
        Object json = body.length == 0 ? Map.of() : Json.parse(body);
        if (!(json instanceof Map<?, ?> object)) {
            throw new MalformedPayloadException("the body must be a JSON object such as {\"limit\":10}");
        }
        return object;
    }

    /** Rejects unknown keys, because they are typing errors. */
    private void check(Map<?, ?> object, Set<String> known, String what) {
        if (!compat) {
            checkStrictly(object, known, what);
        }
    }

    private static void checkStrictly(Map<?, ?> object, Set<String> known, String what) {
        for (Object key : object.keySet()) {
            if (!known.contains(key)) {
                throw new MalformedPayloadException("\"" + key + "\" is not a key of " + what + "; it takes "
                        + known.stream().sorted().toList());
            }
        }
    }

    /** Reads the limit. In Micro, a negative limit means no events. */
    private int limit(Map<?, ?> json) {
        long limit = JsonKeys.number(json, "limit", MAX_LIST, compat ? Long.MIN_VALUE : 0, Long.MAX_VALUE);
        return (int) Math.min(Math.max(limit, 0), Integer.MAX_VALUE);
    }
}
