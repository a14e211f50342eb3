package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** A request's extra, merged with the properties of its events, as sent. */
class EncodedContextTest {

    private static final List<SelfDescribingJson> FURTHER = List.of(new SelfDescribingJson(
            SchemaKey.of("com.acme", "more", "1-0-0"), Map.of("text", "é\"\n", "list", List.of(1, 2, 3))));

    @Test
    void an_events_own_key_replaces_that_of_the_request() {
        EventContext context = EventContext.builder()
                .extra(Map.of("a", "request", "b", "request"))
                .build();
        AdditionalProperties own =
                AdditionalProperties.builder().put("b", "event").put("c", 1).build();

        assertThat(sent(context, own).get("extra")).isEqualTo(Map.of("a", "request", "b", "event", "c", 1L));
        assertThat(context.toSelfDescribingJson(own.extra()).data())
                .isEqualTo(context.toSelfDescribingJson(Map.of("b", "event", "c", 1L))
                        .data());
        assertThat(context.extra()).isEqualTo(Map.of("a", "request", "b", "request"));
        assertThat(sent(context, AdditionalProperties.NONE).get("extra"))
                .isEqualTo(Map.of("a", "request", "b", "request"));
        assertThat(sent(EventContext.empty(), own).get("extra")).isEqualTo(Map.of("b", "event", "c", 1L));
        assertThat(sent(EventContext.empty(), AdditionalProperties.NONE)).doesNotContainKey("extra");
    }

    @Test
    void a_context_with_extra_is_equal_to_one_with_the_same_alone() {
        EventContext one = EventContext.builder().extra(Map.of("a", 1)).build();

        assertThat(one)
                .isEqualTo(EventContext.builder().extra(Map.of("a", 1L)).build())
                .hasSameHashCodeAs(EventContext.builder().extra(Map.of("a", 1L)).build())
                .isEqualTo(one.toBuilder().build())
                .isNotEqualTo(EventContext.builder().extra(Map.of("a", 2)).build())
                .isNotEqualTo(EventContext.empty());
        assertThat(one.toBuilder().extra(null).build()).isEqualTo(EventContext.empty());
        assertThat(one.toString()).isEqualTo("EventContext[environment, extra]");
    }

    @Test
    void the_map_of_the_caller_is_copied() {
        Map<String, Object> mine = new LinkedHashMap<>(Map.of("a", 1));
        EventContext context = EventContext.builder().extra(mine).build();
        mine.put("b", 2);

        assertThat(context.extra()).isEqualTo(Map.of("a", 1L));
    }

    @Property(tries = 500)
    void the_size_is_that_of_what_is_written(
            @ForAll @Size(max = 5) Map<@StringLength(max = 8) String, @StringLength(max = 40) String> ofRequest,
            @ForAll @Size(max = 5) Map<@StringLength(max = 8) String, Long> ofEvent,
            @ForAll @StringLength(max = 70) String host,
            @ForAll boolean further) {
        EventContext context =
                EventContext.builder().hostName(host).extra(ofRequest).build();
        AdditionalProperties.Builder own = AdditionalProperties.builder();
        ofEvent.forEach(own::put);
        AdditionalProperties properties = own.build();
        List<SelfDescribingJson> others = further ? FURTHER : List.of();
        EncodedContext encoded = context.encoded(true);
        JsonWriter out = new JsonWriter();
        encoded.writeTo(out, properties, others, new JsonWriter());

        assertThat(encoded.size(properties, others, Long.MAX_VALUE / 4)).isEqualTo(out.length());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> sent(EventContext context, AdditionalProperties properties) {
        JsonWriter out = new JsonWriter();
        context.encoded(true).writeTo(out, properties, List.of(), new JsonWriter());
        String base64 = (String) Json.parse(out.toString());
        Map<String, Object> envelope = (Map<String, Object>)
                Json.parse(new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8));
        assertThat(envelope.get("schema")).isEqualTo(Contexts.SCHEMA.toString());
        Map<String, Object> standard = (Map<String, Object>) ((List<?>) envelope.get("data")).get(0);
        assertThat(standard.get("schema")).isEqualTo(EventContext.SCHEMA.toString());
        return (Map<String, Object>) standard.get("data");
    }
}
