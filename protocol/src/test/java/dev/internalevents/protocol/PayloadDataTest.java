package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadDataTest {

    private static final SchemaKey STANDARD = SchemaKey.of("com.gitlab", "gitlab_standard", "1-1-7");
    private static final Tracker TRACKER = new Tracker("gl", "gitlab_ai_gateway", "srv", "test-1");

    @Provide
    Arbitrary<String> text() {
        return Arbitraries.strings()
                .filter(text -> StandardCharsets.UTF_16BE.newEncoder().canEncode(text));
    }

    @Property
    void a_structured_event_decodes_to_what_was_encoded(
            @ForAll("text") String category,
            @ForAll("text") String action,
            @ForAll("text") String label,
            @ForAll("text") String property,
            @ForAll long value,
            @ForAll("text") String key,
            @ForAll("text") String extra) {
        SelfDescribingJson context =
                new SelfDescribingJson(STANDARD, Map.of("environment", "test", "extra", Map.of(key, extra)));
        UUID id = UUID.randomUUID();
        StructuredEvent event = new StructuredEvent(
                id,
                Instant.ofEpochMilli(1),
                new StructuredEvent.Fields(category, action, label, property, value),
                Contexts.of(context));

        TrackerPayload payload = onlyEvent(PayloadData.decode(body(event, 1_700_000_000_002L)));

        assertThat(payload.parameters())
                .containsEntry("e", "se")
                .containsEntry("se_ca", category)
                .containsEntry("se_ac", action)
                .containsEntry("se_la", label)
                .containsEntry("se_pr", property)
                .containsEntry("se_va", Long.toString(value))
                .containsEntry("eid", id.toString())
                .containsEntry("dtm", "1")
                .containsEntry("stm", "1700000000002")
                .containsEntry("p", "srv")
                .containsEntry("tv", "test-1")
                .containsEntry("tna", "gl")
                .containsEntry("aid", "gitlab_ai_gateway");
        assertThat(payload.contexts().list()).containsExactly(context);
    }

    @Property
    void parameters_decode_to_what_was_encoded(@ForAll("parameters") List<Map<String, String>> events) {
        List<TrackerPayload> payloads = events.stream().map(TrackerPayload::new).toList();

        assertThat(PayloadData.decode(PayloadData.encode(payloads)))
                .isEqualTo(payloads.stream().map(PayloadData.Event::new).toList());
    }

    @Provide
    Arbitrary<List<Map<String, String>>> parameters() {
        return Arbitraries.maps(text(), text()).ofMaxSize(8).list().ofMinSize(1).ofMaxSize(5);
    }

    @ParameterizedTest
    @CsvSource({"1.0,1", "1.5,1.5", "0.1,0.1", "-3,-3", "1e15,1000000000000000", "1e300,1.0E300", "1e-9,1.0E-9"})
    void a_value_is_sent_as_a_decimal(double value, String sent) {
        assertThat(StructuredEvent.decimal(value)).isEqualTo(sent);
    }

    @Test
    void absent_fields_are_not_sent() {
        TrackerPayload payload = onlyEvent(PayloadData.decode(body(event(null), 5)));

        assertThat(payload.parameters()).doesNotContainKeys("se_la", "se_pr", "se_va", "cx", "co");
        assertThat(payload.contexts().isEmpty()).isTrue();
    }

    @Test
    void one_bad_element_does_not_affect_the_others() {
        byte[] body = ("{\"schema\":\"" + PayloadData.SCHEMA
                        + "\",\"data\":[{\"e\":\"se\"},7,{\"e\":1},{\"e\":{\"x\":\"y\"}},{\"e\":\"pv\"}]}")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(PayloadData.decode(body))
                .containsExactly(
                        new PayloadData.Event(new TrackerPayload(Map.of("e", "se"))),
                        new PayloadData.Malformed("/data/1 is not a flat object of strings but a number"),
                        new PayloadData.Malformed(
                                "/data/2/e is not a string but a number; every parameter is sent as a string"),
                        new PayloadData.Malformed(
                                "/data/3/e is not a string but an object; every parameter is sent as a string"),
                        new PayloadData.Event(new TrackerPayload(Map.of("e", "pv"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "[]|the body is not an object with \"schema\" and \"data\" but an array",
                "{\"data\":[]}|the body has no \"schema\"",
                "{\"schema\":\"iglu:a/b/jsonschema/1-0-0\",\"data\":[{}]}|the body's schema is iglu:a/b/jsonschema/1-0-0",
                "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[]}|is empty",
                "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":{}}|not an array",
                "nope|not JSON"
            })
    void a_body_that_is_not_payload_data_is_rejected_with_the_reason(String body, String reason) {
        assertThatThrownBy(() -> PayloadData.decode(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"url,true", "url,false", "standard,true", "standard,false"})
    void contexts_are_read_in_both_alphabets_with_and_without_padding(String alphabet, boolean padding) {
        for (String text : List.of("ü☃😀>>>???", "a", "ab", "abc")) {
            String json = "{\"schema\":\"" + Contexts.SCHEMA + "\",\"data\":[{\"schema\":\"" + STANDARD
                    + "\",\"data\":{\"environment\":\"" + text + "\"}}]}";
            Base64.Encoder encoder = alphabet.equals("url") ? Base64.getUrlEncoder() : Base64.getEncoder();
            String base64 = (padding ? encoder : encoder.withoutPadding())
                    .encodeToString(json.getBytes(StandardCharsets.UTF_8));

            Contexts contexts = new TrackerPayload(Map.of("cx", base64)).contexts();

            assertThat(contexts).isEqualTo(Contexts.of(new SelfDescribingJson(STANDARD, Map.of("environment", text))));
            assertThat(new TrackerPayload(Map.of("co", json)).contexts()).isEqualTo(contexts);
        }
    }

    @Test
    void a_self_describing_event_is_read_plain_and_encoded() {
        UnstructEvent event = new UnstructEvent(new SelfDescribingJson(
                SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1"),
                Map.of("targetUrl", "http://x/")));
        JsonWriter json = new JsonWriter();
        event.writeTo(json);
        String base64 = Base64.getUrlEncoder().encodeToString(json.toByteArray());

        assertThat(new TrackerPayload(Map.of("ue_pr", json.toString())).unstructEvent())
                .isEqualTo(event);
        assertThat(new TrackerPayload(Map.of("ue_px", base64)).unstructEvent()).isEqualTo(event);
        assertThat(new TrackerPayload(Map.of()).unstructEvent()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"cx,!!!!", "cx,A", "cx,_w", "co,{", "co,[]"})
    void unreadable_contexts_are_rejected_and_the_message_names_the_parameter(String parameter, String value) {
        assertThatThrownBy(() -> new TrackerPayload(Map.of(parameter, value)).contexts())
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessageStartingWith(parameter + ": ");
    }

    @Test
    void a_query_string_is_unescaped() {
        assertThat(QueryString.parse("e=pv&page=A%20%C3%BC+b&&flag&x=1=2&e=se").parameters())
                .isEqualTo(Map.of("e", "se", "page", "A ü b", "flag", "", "x", "1=2"));
        assertThatThrownBy(() -> QueryString.parse("e=%ZZ")).hasMessageContaining("hexadecimal");
        assertThatThrownBy(() -> QueryString.parse("e=%4")).hasMessageContaining("hexadecimal");
    }

    @ParameterizedTest
    @CsvSource({"caf%E9,caf\ufffd", "%ff,\ufffd", "%C3,\ufffd", "a%C3%A9%E9b,aé\ufffdb"})
    void escaped_bytes_that_are_not_utf_8_become_a_replacement_character(String escaped, String expected) {
        assertThat(QueryString.parse("page=" + escaped).get("page")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1-0-0,true",
        "1-0-3,true",
        "1-0-4,true",
        "1-0-5,false",
        "1-0-99,false",
        "1-1-0,false",
        "2-0-0,false",
        "0-0-4,false"
    })
    void only_published_versions_of_payload_data_are_read_unless_all_are(String version, boolean read) {
        byte[] body = ("{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/" + version
                        + "\",\"data\":[{\"e\":\"pv\"}]}")
                .getBytes(StandardCharsets.UTF_8);

        if (read) {
            assertThat(PayloadData.decode(body)).hasSize(1);
        } else {
            assertThatThrownBy(() -> PayloadData.decode(body))
                    .isInstanceOf(MalformedPayloadException.class)
                    .hasMessageContaining(version + ", expected " + PayloadData.SCHEMA + "; there is no such version");
        }
        if (version.startsWith("1")) {
            assertThat(PayloadData.decode(body, EnvelopeVersions.ALL_OF_MODEL_1))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "contexts,1-0-0,true",
        "contexts,1-0-1,true",
        "contexts,1-0-2,false",
        "contexts,1-1-0,false",
        "unstruct_event,1-0-0,true",
        "unstruct_event,1-0-1,false",
        "unstruct_event,2-0-0,false"
    })
    void only_published_versions_of_envelopes_are_read_plain_and_encoded(String name, String version, boolean read) {
        String thing = "{\"schema\":\"" + STANDARD + "\",\"data\":{}}";
        boolean contexts = name.equals("contexts");
        String json = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/" + name + "/jsonschema/" + version
                + "\",\"data\":" + (contexts ? "[" + thing + "]" : thing) + "}";
        String base64 = Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
        for (Map<String, String> sent :
                List.of(Map.of(contexts ? "co" : "ue_pr", json), Map.of(contexts ? "cx" : "ue_px", base64))) {
            TrackerPayload payload = new TrackerPayload(sent);
            if (read) {
                assertThat(contexts ? payload.contexts() : payload.unstructEvent())
                        .isNotNull();
            } else {
                assertThatThrownBy(() -> {
                            payload.contexts();
                            payload.unstructEvent();
                        })
                        .isInstanceOf(MalformedPayloadException.class)
                        .hasMessageContaining(version + ", expected ");
            }
            if (version.startsWith("1")) {
                assertThat(payload.contexts(EnvelopeVersions.ALL_OF_MODEL_1).isEmpty())
                        .isEqualTo(!contexts);
                assertThat(payload.unstructEvent(EnvelopeVersions.ALL_OF_MODEL_1) == null)
                        .isEqualTo(contexts);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[]|0", "[1]|1", "[{\"a\":[1,2]},\"x,y\",[]]|3", "[{},{}]|2", "nope|0"})
    void elements_of_the_outermost_array_are_counted(String body, int count) {
        assertThat(PayloadData.count(body.getBytes(StandardCharsets.UTF_8), 1)).isEqualTo(count);
    }

    @Property
    void any_text_is_decoded_or_rejected_with_one_exception(@ForAll String text) {
        for (String parameter : List.of("cx", "co")) {
            try {
                new TrackerPayload(Map.of(parameter, text)).contexts();
            } catch (MalformedPayloadException e) {
                assertThat(e).hasMessageStartingWith(parameter);
            }
        }
        try {
            QueryString.parse(text);
        } catch (MalformedPayloadException e) {
            assertThat(e)
                    .hasMessageContaining("%")
                    .extracting(Throwable::getMessage)
                    .isNotNull();
        }
    }

    private static StructuredEvent event(@Nullable Number value) {
        return new StructuredEvent(
                UUID.randomUUID(),
                Instant.ofEpochMilli(1),
                new StructuredEvent.Fields("c", "a", null, null, value),
                Contexts.NONE);
    }

    private static byte[] body(StructuredEvent event, long sentAt) {
        JsonWriter out = new JsonWriter();
        event.writeOpenTo(out, TRACKER);
        PayloadBody body = new PayloadBody(100);
        body.beginEvent().raw(out.array(), 0, out.length());
        body.endEvent();
        body.finish(sentAt);
        return java.util.Arrays.copyOfRange(body.array(), body.start(), body.end());
    }

    private static TrackerPayload onlyEvent(List<PayloadData.Entry> entries) {
        assertThat(entries).hasSize(1);
        return ((PayloadData.Event) entries.get(0)).payload();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"e\":\"pv\",\"n\":LONG}",
                "{\"e\":\"pv\",\"n\":1e1000000000}",
                "{\"e\":\"pv\",\"n\":DEEP}",
                "LONG",
                "DEEP",
                "{\"e\":{\"LONG\":LONG}}"
            })
    void an_element_that_is_not_an_event_does_not_affect_the_others(String element) {
        String odd =
                element.replace("LONG", "9".repeat(100_000)).replace("DEEP", "[".repeat(5_000) + "]".repeat(5_000));
        String body =
                "{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[{\"e\":\"pv\"}," + odd + ",{\"e\":\"pp\"}]}";

        List<PayloadData.Entry> entries = PayloadData.decode(body.getBytes(StandardCharsets.UTF_8));

        assertThat(entries).hasSize(3);
        assertThat(entries.get(0)).isInstanceOf(PayloadData.Event.class);
        assertThat(entries.get(1)).isInstanceOf(PayloadData.Malformed.class);
        assertThat(entries.get(2)).isInstanceOf(PayloadData.Event.class);
    }

    @Test
    void half_a_surrogate_pair_becomes_the_replacement_character() {
        String body = "{\"schema\":\"" + PayloadData.SCHEMA
                + "\",\"data\":[{\"e\":\"pv\",\"lang\":\"\\ud83d\",\"\\udc00x\":\"\\ud83d\\ude00\"}]}";

        TrackerPayload payload = onlyEvent(PayloadData.decode(body.getBytes(StandardCharsets.UTF_8)));

        assertThat(payload.get("lang")).isEqualTo("\ufffd");
        assertThat(payload.get("\ufffdx")).isEqualTo("\ud83d\ude00");
    }

    @Test
    void a_body_that_is_cut_anywhere_is_malformed() {
        String body = "{\"schema\":\"" + PayloadData.SCHEMA
                + "\",\"data\":[{\"e\":\"p\\u0076\",\"lang\":\"\\ud83d\\ude00\\udc00\"}]}";
        assertThat(PayloadData.decode(body.getBytes(StandardCharsets.UTF_8))).hasSize(1);

        for (int length = 0; length < body.length(); length++) {
            byte[] cut = body.substring(0, length).getBytes(StandardCharsets.UTF_8);

            assertThatThrownBy(() -> PayloadData.decode(cut)).isInstanceOf(MalformedPayloadException.class);
        }
    }

    @Test
    void parameters_are_built_once_and_only_when_they_are_read() {
        AtomicInteger built = new AtomicInteger();
        TrackerPayload event = TrackerPayload.built(7, () -> {
            built.incrementAndGet();
            return Map.of("e", "pv", "p", "web");
        });
        assertThat(event.length()).isEqualTo(7);
        assertThat(built).hasValue(0);

        assertThat(event.get("p")).isEqualTo("web");
        assertThat(event).isEqualTo(new TrackerPayload(Map.of("e", "pv", "p", "web")));
        assertThat(built).hasValue(1);
        assertThat(new TrackerPayload(Map.of("e", "pv", "p", "web")).length()).isEqualTo(5);
    }
}
