package dev.internalevents.client;

import dev.internalevents.protocol.StructuredEvent;
import org.jspecify.annotations.Nullable;

/**
 * Derives the {@code ai_context} of an event, as the AI Gateway does: the session from the event's value, tokens from
 * {@code gitlab_standard}, the rest from the properties and the request's {@code extra}.
 */
final class DerivedAiContext {

    private DerivedAiContext() {}

    /**
     * Derives the context from an event's properties and context.
     *
     * @param byDefinition whether the event's definition says that it is about AI; if so, properties with the name of a
     *     field are used too, as in GitLab
     */
    static AiContext of(AdditionalProperties properties, EventContext context, boolean byDefinition) {
        AiContext.Builder builder = AiContext.builder();
        if (byDefinition) {
            for (String field : AiContext.FIELDS) {
                builder.put(field, merged(field, properties, context));
            }
        }
        Number value = properties.value();
        if (value != null) {
            builder.sessionId(StructuredEvent.decimal(value));
        }
        putIfKnown(builder, "workflow_id", merged("workflow_id", properties, context));
        putIfKnown(builder, "agent_name", merged("agent_name", properties, context));
        putIfKnown(builder, "flow_type", merged("workflow_type", properties, context));
        putIfKnown(builder, "input_tokens", context.inputTokens());
        putIfKnown(builder, "output_tokens", context.outputTokens());
        putIfKnown(builder, "total_tokens", context.totalTokens());
        for (String field : AiContext.CACHE_FIELDS) {
            putIfKnown(builder, field, merged(field, properties, context));
        }
        return builder.build();
    }

    private static void putIfKnown(AiContext.Builder builder, String field, @Nullable Object value) {
        if (value != null) {
            builder.put(field, value);
        }
    }

    /** Returns the value that the event's {@code extra} will contain. */
    private static @Nullable Object merged(String key, AdditionalProperties properties, EventContext context) {
        Object own = properties.extra(key);
        return own == null ? context.extra().get(key) : own;
    }
}
