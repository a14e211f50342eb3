package dev.internalevents.hostile;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.AiContext;
import dev.internalevents.client.EventBuilder;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.lang.constant.Constable;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The places where an application can pass a value, by name. Each tracks one event, whatever the value is. */
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
        all.put(
                "ids and the value, of a number",
                (client, value) ->
                        withNumbers(client.event("nasty"), number(value)).track());
        all.put(
                "numbers of an ai_context",
                (client, value) -> client.event("nasty")
                        .aiContext(aiContext(null, number(value)))
                        .value(number(value))
                        .track());
        all.put(
                "texts of an ai_context",
                (client, value) -> client.event("nasty")
                        .aiContext(aiContext(text(value), null))
                        .track());
        all.put(
                "what an ai_context is made of",
                (client, value) -> client.event("nasty")
                        .put("workflow_id", value)
                        .put("workflow_type", value)
                        .put("agent_name", value)
                        .put("cache_read", value)
                        .put("cache_creation", value)
                        .put("ephemeral_5m_input_tokens", value)
                        .put("ephemeral_1h_input_tokens", value)
                        .track());
        all.put("every text", (client, value) -> {
            String text = text(value);
            client.event("nasty")
                    .label(text)
                    .property(text)
                    .plan(text)
                    .category(text)
                    .user(text)
                    .put(text, text)
                    .track();
        });
        all.put("every text of the context", (client, value) -> {
            String text = text(value);
            client.event("nasty")
                    .environment(text)
                    .source(text)
                    .realm(text)
                    .instanceId(text)
                    .uniqueInstanceId(text)
                    .hostName(text)
                    .instanceVersion(text)
                    .globalUserId(text)
                    .userType(text)
                    .featureEnablementType(text)
                    .clientType(text)
                    .clientName(text)
                    .clientVersion(text)
                    .clientInterface(text)
                    .featureCategory(text)
                    .deploymentType(text)
                    .googleAnalyticsId(text)
                    .modelEngine(text)
                    .modelName(text)
                    .modelProvider(text)
                    .correlationId(text)
                    .track();
        });
        all.put(
                "the category alone",
                (client, value) -> client.trackEvent("nasty", value instanceof Constable constable ? constable : null));
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

    private static String text(Object value) {
        return value instanceof String text ? text : null;
    }

    private static Number number(Object value) {
        return value instanceof Number number ? number : null;
    }

    /** Returns the event with a number as each id that is a number, each count and the value. */
    static EventBuilder withNumbers(EventBuilder event, Number number) {
        return event.project(number)
                .namespace(number)
                .organization(number)
                .ultimateParentNamespaceId(number)
                .inputTokens(number)
                .outputTokens(number)
                .totalTokens(number)
                .value(number);
    }

    private static AiContext aiContext(String text, Number number) {
        return AiContext.builder()
                .sessionId(text)
                .workflowId(text)
                .flowType(text)
                .flowName(text)
                .flowVersion(text)
                .flowRegistryVersion(text)
                .componentName(text)
                .agentName(text)
                .agentType(text)
                .itemType(text)
                .itemVersion(text)
                .itemSchemaVersion(text)
                .modelEngine(text)
                .modelName(text)
                .modelProvider(text)
                .inputTokens(number)
                .outputTokens(number)
                .totalTokens(number)
                .ephemeral5mInputTokens(number)
                .ephemeral1hInputTokens(number)
                .cacheRead(number)
                .cacheCreation(number)
                .customItemId(number)
                .build();
    }
}
