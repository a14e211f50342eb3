package dev.internalevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.compatibility.Wire.Answer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks every rule of {@code rules.yaml} against a running collector. */
class RulesTest {

    private static final String TP2 = "/com.snowplowanalytics.snowplow/tp2";
    private static final String PAYLOAD = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4";
    private static final String UNSTRUCT = "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0";

    /** The running collectors, by the options with which they were started. */
    private static final Map<String, Collector> COLLECTORS = new HashMap<>();

    private final JsonMapper json = JsonMapper.shared();

    @AfterAll
    static void stop() {
        COLLECTORS.values().forEach(Collector::close);
    }

    @TestFactory
    Stream<DynamicNode> rules() {
        return Rule.all().stream()
                .collect(Collectors.groupingBy(Rule::topic, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(topic -> dynamicContainer(
                        topic.getKey(),
                        topic.getValue().stream().map(rule -> dynamicTest(rule.words(), () -> holds(rule)))));
    }

    private void holds(Rule rule) throws Exception {
        assertThat(rule.unknownKeys()).isEmpty();
        Collector collector = collector(rule);
        Wire wire = new Wire(collector.port());
        wire.post("/micro/reset", Map.of(), "");
        Values values = new Values();

        int times = rule.number("times", 1);
        Answer answer = answer(rule, wire, values.ofVisitor(1));
        for (int n = 1; n <= times; n++) {
            answer = n == 1 ? answer : answer(rule, wire, values.ofVisitor(n));
            assertThat(answer.status()).as(answer.body()).isEqualTo(rule.number("answers", 200));
        }
        for (Map.Entry<String, JsonNode> header : rule.entries("header")) {
            assertThat(answer.headers())
                    .hasEntrySatisfying(
                            header.getKey().toLowerCase(java.util.Locale.ROOT),
                            value -> assertThat(value)
                                    .startsWith(header.getValue().asString()));
        }
        if (rule.has("withoutHeader")) {
            assertThat(answer.headers())
                    .doesNotContainKey(rule.get("withoutHeader").asString().toLowerCase(java.util.Locale.ROOT));
        }
        if (rule.has("says")) {
            assertThat(answer.body()).contains(rule.get("says").asString());
        }
        if (!rule.has("ask")) {
            events(rule, wire, values);
        }
    }

    private Answer answer(Rule rule, Wire wire, Values values) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        rule.entries("headers")
                .forEach(header ->
                        headers.put(header.getKey(), values.in(header.getValue().asString())));
        String asked = rule.text("ask");
        if (asked != null) {
            String question = rule.text("question");
            return question == null ? wire.get(asked, headers) : wire.post(asked, headers, question);
        }
        String get = rule.text("get");
        if (get != null) {
            return wire.after(Objects.requireNonNullElse(rule.text("before"), ""))
                    .get(values.in(get), headers);
        }
        String query = Objects.requireNonNullElse(rule.text("query"), "");
        String path = rule.text("post");
        if (path != null) {
            String type = Objects.requireNonNull(rule.text("type"));
            if (!type.isEmpty()) {
                headers.put("Content-Type", type);
            }
            return wire.post(path + query, headers, values.in(Objects.requireNonNull(rule.text("body"))));
        }
        headers.put("Content-Type", "application/json");
        return wire.post(TP2 + query, headers, payload(rule, values));
    }

    private String payload(Rule rule, Values values) {
        ObjectNode event = json.createObjectNode();
        rule.entries("send")
                .forEach(parameter -> event.put(
                        parameter.getKey(), values.in(parameter.getValue().asString())));
        if (rule.has("unstruct")) {
            ObjectNode whole = json.createObjectNode().put("schema", UNSTRUCT);
            whole.set("data", rule.get("unstruct"));
            event.put("e", "ue").put("p", "web").put("ue_pr", whole.toString());
        }
        ObjectNode payload = json.createObjectNode().put("schema", PAYLOAD);
        payload.putArray("data").add(event);
        return payload.toString();
    }

    private void events(Rule rule, Wire wire, Values values) throws IOException {
        JsonNode good = json.readTree(wire.get("/micro/good", Map.of()).body());
        JsonNode bad = json.readTree(wire.get("/micro/bad", Map.of()).body());
        if (rule.has("none")) {
            assertThat(good.size() + bad.size()).isZero();
        } else if (rule.has("good")) {
            assertThat(bad).as("failed: " + bad.at("/0/errors")).isEmpty();
            assertThat(good.size()).isEqualTo(rule.number("count", rule.number("times", 1)));
            JsonNode event = good.get(0);
            for (Map.Entry<String, JsonNode> expected : rule.entries("good")) {
                String text = expected.getValue().isNull()
                        ? "null"
                        : values.in(expected.getValue().asString())
                                .replace("${collector_tstamp}", shown(event.at("/event/collector_tstamp")));
                assertThat(shown(field(event, expected.getKey())))
                        .as(expected.getKey())
                        .isEqualTo(text);
            }
        } else {
            assertThat(good).as("a good event").isEmpty();
            assertThat(bad.size()).isEqualTo(1);
            assertThat(bad.at("/0/errors").toString()).contains(rule.get("bad").asString());
            for (Map.Entry<String, JsonNode> expected : rule.entries("failed")) {
                assertThat(shown(bad.get(0).at(expected.getKey())))
                        .isEqualTo(expected.getValue().asString());
            }
        }
    }

    private static JsonNode field(JsonNode good, String name) {
        return name.startsWith("/") ? good.at(name) : good.path("event").path(name);
    }

    /** Returns a value as rules write it: without fractions of zero, in times and numbers. */
    private static String shown(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "null";
        }
        return value.asString().replaceFirst("\\.0+(Z?)$", "$1");
    }

    private static Collector collector(Rule rule) throws IOException {
        String with = Objects.requireNonNullElse(rule.text("with"), "");
        Collector running = COLLECTORS.get(with);
        if (running == null) {
            running = Collector.start(settings(with).port(0).build());
            COLLECTORS.put(with, running);
        }
        return running;
    }

    /** Returns the settings that the command creates from these options. */
    private static CollectorSettingsBuilder settings(String with) {
        CollectorSettingsBuilder micro = CollectorSettings.micro().iglu(registry());
        return switch (with) {
            case "" -> micro;
            case "--trusted-proxy 127.0.0.0/8 --trusted-proxy 10.0.0.0/8" ->
                micro.trustedProxies(List.of("127.0.0.0/8", "10.0.0.0/8"));
            case "--compat micro" -> micro.compatMicro(true);
            case "--open-to-all" -> micro.openToAll(true);
            case "--trusted-proxy 127.0.0.1 --requests-per-second 2" ->
                micro.trustedProxies(List.of("127.0.0.1")).requestsPerSecond(2);
            case "--lenient-envelope" -> micro.lenientEnvelope(true);
            case "--redirects target.test" -> micro.redirects(List.of("target.test"));
            default -> throw new IllegalArgumentException("no collector is known that is started with " + with);
        };
    }

    private static Path registry() {
        URL folder = Objects.requireNonNull(RulesTest.class.getResource("/registry"));
        try {
            return Path.of(folder.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
