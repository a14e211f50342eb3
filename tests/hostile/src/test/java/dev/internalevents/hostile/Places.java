package dev.internalevents.hostile;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Where an application can put a value, by name. Each tracks one event, whatever the value is. */
final class Places {

    static final SchemaKey SCHEMA = SchemaKey.of("com.example", "nasty", "1-0-0");

    private Places() {}

    static Map<String, BiConsumer<InternalEventsClient, Object>> all() {
        Map<String, BiConsumer<InternalEventsClient, Object>> all = new LinkedHashMap<>();
        all.put(
                "a property",
                (client, value) -> client.event("nasty").put("k", value).track());
        all.put(
                "properties of their own",
                (client, value) -> client.trackEvent("nasty", AdditionalProperties.of("k", value)));
        all.put(
                "a property set twice",
                (client, value) ->
                        client.event("nasty").put("k", value).put("k", value).track());
        all.put(
                "five properties",
                (client, value) -> client.event("nasty")
                        .put("a", value)
                        .put("b", value)
                        .put("c", value)
                        .put("d", value)
                        .put("e", value)
                        .track());
        all.put(
                "in a list",
                (client, value) -> client.event("nasty")
                        .put("k", Arrays.asList(value, 1, value))
                        .track());
        all.put(
                "in a map",
                (client, value) -> client.event("nasty")
                        .put("k", Collections.singletonMap("m", value))
                        .track());
        all.put(
                "as a key of a map",
                (client, value) -> client.event("nasty")
                        .put("k", new java.util.IdentityHashMap<>(Collections.singletonMap(new Object(), value)))
                        .track());
        all.put(
                "in an array",
                (client, value) -> client.event("nasty")
                        .put("k", new Object[] {value, null, value})
                        .track());
        all.put(
                "in an optional",
                (client, value) -> client.event("nasty")
                        .put("k", Optional.ofNullable(value))
                        .track());
        all.put(
                "where texts and numbers have fields",
                (client, value) -> client.event("nasty")
                        .put("label", value)
                        .put("property", value)
                        .put("value", value)
                        .track());
        all.put("the user", (client, value) -> client.event("nasty").user(value).track());
        all.put("ids and the value, of a number", (client, value) -> {
            Number number = value instanceof Number is ? is : null;
            client.event("nasty")
                    .project(number)
                    .namespace(number)
                    .value(number)
                    .track();
        });
        all.put("every text", (client, value) -> {
            String text = value instanceof String is ? is : null;
            client.event("nasty")
                    .label(text)
                    .property(text)
                    .plan(text)
                    .category(text)
                    .user(text)
                    .put(text, text)
                    .track();
        });
        all.put(
                "the category",
                (client, value) -> client.trackEvent(
                        "nasty", AdditionalProperties.NONE, value instanceof String text ? text : null));
        all.put(
                "a context of its own",
                (client, value) -> client.event("nasty")
                        .context(new SelfDescribingJson(SCHEMA, value))
                        .track());
        all.put("contexts", (client, value) -> {
            SelfDescribingJson context = new SelfDescribingJson(SCHEMA, Collections.singletonList(value));
            client.event("nasty")
                    .context(context)
                    .context(null)
                    .context(context)
                    .track();
        });
        return all;
    }
}
