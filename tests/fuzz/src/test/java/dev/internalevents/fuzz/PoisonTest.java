package dev.internalevents.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Puts names and values that break programs into every part of a request that a sender controls. Each such event is
 * stored, fails, or is answered with 4xx, and every event around it is stored, also if the collector is restarted in
 * between.
 */
@Tag("slow")
class PoisonTest {

    private static final String SNOWPLOW = "iglu:com.snowplowanalytics.snowplow/";
    private static final String TRACKER = "/com.snowplowanalytics.snowplow/tp2";
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Collector collector;
    private long sent;

    @AfterEach
    void stop() {
        if (collector != null) {
            collector.close();
        }
    }

    /** A request with the text somewhere in it. */
    private record Request(List<String> events, Map<String, String> headers) {}

    private static Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("empty", "");
        names.put("NUL", "na\0me");
        names.put("only NUL", "\0");
        names.put("ends in a backslash", "name\\");
        names.put("ends in a quote", "name\"");
        names.put("apostrophe", "na'me');--");
        names.put("case twin", "ENVIRONMENT");
        names.put("Turkish twin", "env\u0130ronment");
        names.put("own column", "event_id");
        names.put("own column in capitals", "NUMBER");
        names.put("SQL word", "select");
        names.put("wildcard", "*");
        names.put("dot", "a.b");
        names.put("dollar", "$");
        names.put("path", "$.\"x\"");
        names.put("pointer", "/a/b");
        names.put("brackets", "a[0]");
        names.put("braces", "{}");
        names.put("blank", " ");
        names.put("line ends", "a\r\nb");
        names.put("long", "n".repeat(100_000));
        names.put("emoji", "\ud83d\ude00");
        names.put("half a pair", "a\ud83d");
        names.put("other half", "\ude00b");
        names.put("not a character", "\uffff");
        names.put("right to left", "\u202eabc");
        names.put("prototype", "__proto__");
        return names;
    }

    private static Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("1e308", "1e308");
        values.put("-1e308", "-1e308");
        values.put("1e-400", "1e-400");
        values.put("400 digits", "9".repeat(400));
        values.put("401 digits", "9".repeat(401));
        values.put("minus zero", "-0");
        values.put("minus zero point", "-0.0");
        values.put("NaN", "\"NaN\"");
        values.put("largest long", "9223372036854775808");
        values.put("half a pair", "\"\\ud83d\"");
        values.put("NUL", "\"\\u0000\"");
        values.put("7 MB", "\"" + "x".repeat(7_000_000) + "\"");
        StringBuilder keys = new StringBuilder("{");
        for (int i = 0; i < 6_000; i++) {
            keys.append(i == 0 ? "" : ",").append("\"f").append(i).append("\":").append(i);
        }
        values.put("6,000 keys", keys.append("}").toString());
        values.put("depth 199", "[".repeat(199) + "]".repeat(199));
        values.put("depth 190", "{\"a\":".repeat(190) + "1" + "}".repeat(190));
        values.put("null", "null");
        values.put("list", "[null,true,{}]");
        return values;
    }

    private static Map<String, Function<String, Request>> placesOfNames() {
        Map<String, Function<String, Request>> places = new LinkedHashMap<>();
        places.put("context field", name -> event(context("{" + string(name) + ":1}")));
        places.put("context field with a text", name -> event(context("{" + string(name) + ":\"x\"}")));
        places.put("nested field", name -> event(context("{\"extra\":{" + string(name) + ":1}}")));
        places.put("schema vendor", name -> event(contextOf("iglu:" + name + "/thing/jsonschema/1-0-0", "{}")));
        places.put("schema name", name -> event(contextOf("iglu:com.gitlab/" + name + "/jsonschema/1-0-0", "{}")));
        places.put(
                "schema version", name -> event(contextOf("iglu:com.gitlab/gitlab_standard/jsonschema/" + name, "{}")));
        places.put("event name", name -> event(Map.of("se_ac", name)));
        places.put("event type", name -> event(Map.of("e", name)));
        places.put("app id", name -> event(Map.of("aid", name)));
        places.put("user", name -> event(Map.of("uid", name)));
        places.put("page", name -> event(Map.of("url", "http://a.example/" + name, "page", name)));
        places.put("parameter", name -> event(Map.of(name, "x")));
        places.put("session label", name -> new Request(List.of(plain("l")), Map.of("X-Micro-Session", name)));
        places.put("header", name -> new Request(List.of(plain("h")), Map.of("X-Poison", name)));
        places.put("user agent", name -> new Request(List.of(plain("h")), Map.of("User-Agent", name)));
        places.put("content type", name -> new Request(List.of(plain("h")), Map.of("Content-Type", name)));
        places.put("content encoding", name -> new Request(List.of(plain("h")), Map.of("Content-Encoding", name)));
        return places;
    }

    private static Map<String, Function<String, Request>> placesOfValues() {
        Map<String, Function<String, Request>> places = new LinkedHashMap<>();
        places.put("context field", value -> event(context("{\"odd\":" + value + "}")));
        places.put("nested field", value -> event(context("{\"extra\":{\"odd\":" + value + "}}")));
        places.put("whole context", value -> event(contextOf(gitlab(), value)));
        places.put(
                "context of a link",
                value -> event(contextOf(
                        "iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0", "{\"id\":" + value + "}")));
        places.put("parameter", value -> event(Map.of("se_va", unquoted(value))));
        places.put("text parameter", value -> event(Map.of("se_la", unquoted(value))));
        places.put("raw parameter", value -> new Request(List.of("{\"e\":\"pv\",\"odd\":" + value + "}"), Map.of()));
        places.put("element", value -> new Request(List.of(value), Map.of()));
        return places;
    }

    @Test
    void a_poisonous_event_is_stored_or_failed_and_holds_up_no_other() throws Exception {
        start();
        List<Map.Entry<String, Request>> requests = new ArrayList<>();
        placesOfNames()
                .forEach((place, make) -> names().forEach(
                                (name, text) -> requests.add(Map.entry(place + ": " + name, make.apply(text)))));
        placesOfValues()
                .forEach((place, make) -> values().forEach(
                                (name, text) -> requests.add(Map.entry(place + ": " + name, make.apply(text)))));
        int taken = 0;
        for (int i = 0; i < requests.size(); i++) {
            Map.Entry<String, Request> request = requests.get(i);
            taken += send(request.getKey(), request.getValue());
            if (i == requests.size() / 2) {
                collector.close();
                start();
            }
            String plain = body(List.of(plain("plain " + i)));
            assertThat(post(plain, Map.of())).as(request.getKey()).isEqualTo(200);
            sent++;
            awaitProcessed(request.getKey());
        }
        everythingIsThere(requests.size(), taken);

        collector.close();
        start();
        awaitProcessed("the last start");
        everythingIsThere(requests.size(), taken);
    }

    /** Sends a request and returns how many of its events were accepted. */
    private int send(String what, Request request) throws Exception {
        int status;
        try {
            status = post(body(request.events()), request.headers());
        } catch (IllegalArgumentException e) {
            // The HTTP client rejects such a header. Requests over bare sockets are covered by another test.
            return 0;
        }
        assertThat(status)
                .as(what)
                .satisfiesAnyOf(
                        code -> assertThat(code).isEqualTo(200),
                        code -> assertThat(code).isBetween(400, 499));
        int events = status == 200 ? request.events().size() : 0;
        sent += events;
        return events;
    }

    private void everythingIsThere(int plain, int poison) throws Exception {
        assertThat(number("SELECT count(*) FROM events WHERE se_label LIKE 'plain %'"))
                .isEqualTo(plain);
        assertThat(number("SELECT count(DISTINCT se_label) FROM events WHERE se_label LIKE 'plain %'"))
                .isEqualTo(plain);
        long good = number("SELECT count(*) FROM events");
        long failed = number("SELECT count(*) FROM failed_events");
        assertThat(good + failed).isEqualTo(sent).isEqualTo(plain + poison);
        for (Object view : column("SELECT view_name FROM duckdb_views() WHERE NOT internal")) {
            rows("SELECT * FROM " + view);
            rows("SELECT count(COLUMNS(*)) FROM " + view);
        }
        Map<?, ?> stats =
                (Map<?, ?>) Json.parse(get("/micro/columnStats", "{\"columns\":[\"se_value\",\"se_label\",\"app_id\"]}")
                        .body());
        assertThat(stats.keySet()).hasSize(3);
        assertThat(get("/micro/columns").statusCode()).isEqualTo(200);
        // Fields of the schema keep their column names, whatever other fields were sent.
        assertThat(number("SELECT count(*) FROM contexts_com_gitlab_gitlab_standard_1 WHERE environment = 'test'"))
                .isPositive();
    }

    private void start() throws IOException {
        collector = Collector.start(
                CollectorSettings.collector(folder.resolve("data")).port(0).build());
    }

    private void awaitProcessed(String after) throws Exception {
        long until = System.nanoTime() + LONG.toNanos();
        while (true) {
            HttpResponse<String> ready = get("/ready");
            if (ready.statusCode() == 200 && ready.body().contains("\"waitingRequests\":0")) {
                return;
            }
            assertThat(System.nanoTime()).as(after + ": " + ready.body()).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private int post(String body, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(collector.url() + TRACKER))
                .timeout(LONG)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (!headers.containsKey("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(collector.url() + path))
                        .timeout(LONG)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, String body) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(collector.url() + path))
                        .timeout(LONG)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(path + " " + body + ": " + answer.body())
                .isEqualTo(200);
        return answer;
    }

    private List<?> rows(String sql) throws Exception {
        Map<?, ?> answer = (Map<?, ?>)
                Json.parse(get("/micro/sql", Json.write(Map.of("sql", sql))).body());
        return (List<?>) answer.get("rows");
    }

    private List<Object> column(String sql) throws Exception {
        List<Object> values = new ArrayList<>();
        rows(sql).forEach(row -> values.add(((List<?>) row).get(0)));
        return values;
    }

    private long number(String sql) throws Exception {
        return ((Number) column(sql).get(0)).longValue();
    }

    // Requests

    private static String body(List<String> events) {
        return "{\"schema\":\"" + SNOWPLOW + "payload_data/jsonschema/1-0-4\",\"data\":[" + String.join(",", events)
                + "]}";
    }

    private static String plain(String label) {
        return object(Map.of("se_la", label));
    }

    private static Request event(Map<String, String> parameters) {
        return new Request(List.of(object(parameters)), Map.of());
    }

    private static String object(Map<String, String> parameters) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("e", "se", "p", "srv", "se_ca", "c", "se_ac", "a"));
        all.putAll(parameters);
        StringBuilder json = new StringBuilder("{");
        all.forEach((name, value) -> json.append(json.length() == 1 ? "" : ",")
                .append(string(name))
                .append(':')
                .append(string(value)));
        return json.append('}').toString();
    }

    /** Returns an unknown later version, which allows fields of any name. */
    private static String gitlab() {
        return "iglu:com.gitlab/gitlab_standard/jsonschema/1-99-0";
    }

    private static Map<String, String> context(String fields) {
        return contextOf(gitlab(), "{\"environment\":\"test\",\"source\":\"x\"," + fields.substring(1));
    }

    private static Map<String, String> contextOf(String schema, String data) {
        return Map.of(
                "co",
                "{\"schema\":\"" + SNOWPLOW + "contexts/jsonschema/1-0-1\",\"data\":[{\"schema\":" + string(schema)
                        + ",\"data\":" + data + "}]}");
    }

    private static String unquoted(String value) {
        return value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
    }

    /**
     * Returns a JSON string that escapes every code unit beyond ASCII, so that lone surrogates are sent as scripts send
     * them.
     */
    private static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x7f) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return json.append('"').toString();
    }
}
