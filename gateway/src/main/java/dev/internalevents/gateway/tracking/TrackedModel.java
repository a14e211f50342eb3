package dev.internalevents.gateway.tracking;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.model.LanguageModel;
import dev.internalevents.gateway.model.ModelException;
import dev.internalevents.gateway.model.TokenUsage;
import org.springframework.stereotype.Component;

/**
 * Calls the model and tracks its use: first the request, then the tokens of each call. The definitions classify these
 * events as {@code duo}, so the client adds an {@code ai_context} to them. Safe for use by several threads.
 */
@Component
public class TrackedModel {

    private static final AdditionalProperties NO_PROPERTIES =
            AdditionalProperties.builder().build();

    private final InternalEventsClient internalEvents;
    private final LanguageModel model;

    TrackedModel(InternalEventsClient internalEvents, LanguageModel model) {
        this.internalEvents = internalEvents;
        this.model = model;
    }

    public String engine() {
        return model.engine();
    }

    public String name() {
        return model.name();
    }

    public String provider() {
        return model.provider();
    }

    /** Tracks a request for the unit primitive. */
    public void requested(UnitPrimitive unitPrimitive, String category) {
        requested(unitPrimitive, category, NO_PROPERTIES);
    }

    /** Tracks a request for the unit primitive, with properties. */
    public void requested(UnitPrimitive unitPrimitive, String category, AdditionalProperties properties) {
        internalEvents.trackEvent(unitPrimitive.requestEvent(), properties, category);
    }

    /**
     * Calls the model, and tracks the tokens when it has answered. Blocks until then.
     *
     * @throws ModelException if the model does not answer; nothing is tracked then
     */
    public Completion complete(UnitPrimitive unitPrimitive, String before, String after) {
        Completion completion = model.complete(before, after);
        TokenUsage tokens = completion.tokens();
        internalEvents
                .event(unitPrimitive.tokenEvent())
                .category(Categories.MODEL_CALLS)
                .label("cache_details")
                .put("cache_read", tokens.cacheRead())
                // None of this gateway's models reports cache writes.
                .put("cache_creation", 0)
                .put("ephemeral_5m_input_tokens", 0)
                .put("ephemeral_1h_input_tokens", 0)
                .inputTokens(tokens.input())
                .outputTokens(tokens.output())
                .totalTokens(tokens.total())
                .modelEngine(model.engine())
                .modelName(model.name())
                .modelProvider(model.provider())
                .track();
        return completion;
    }
}
