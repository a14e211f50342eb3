package dev.internalevents.gateway.proxy;

import dev.internalevents.client.billing.BillingEvent;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.gateway.chat.Messages;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.tracking.Categories;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;

/** Answers in the provider's format, and bills each call. The caller names the unit primitive. */
@RestController
class Proxy {

    private static final String UNIT_PRIMITIVE = "X-Gitlab-Unit-Primitive";

    private final TrackedModel model;
    private final BillingEventsClient billing;

    Proxy(TrackedModel model, BillingEventsClient billing) {
        this.model = model;
        this.billing = billing;
    }

    @PostMapping("/v1/proxy/{provider}/{*path}")
    Map<String, Object> call(
            @PathVariable("provider") String providerPath,
            @RequestHeader(name = UNIT_PRIMITIVE, required = false) @Nullable String header,
            @RequestBody JsonNode body) {
        Provider provider = Provider.of(providerPath);
        if (provider == null) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "Unknown provider; expected anthropic, vertex-ai or openai.");
        }
        UnitPrimitive unitPrimitive = unitPrimitive(header);
        String prompt = Messages.last(body.has("messages") ? body.path("messages") : body.path("contents"));
        model.requested(unitPrimitive, provider.category());
        Completion completion = model.complete(unitPrimitive, prompt, "");
        bill(completion);
        return provider.answer(completion, model.name());
    }

    private static UnitPrimitive unitPrimitive(@Nullable String header) {
        if (header == null) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Missing " + UNIT_PRIMITIVE + " header");
        }
        UnitPrimitive known = UnitPrimitive.of(header);
        if (known == null || !UnitPrimitive.PROXIED.contains(known)) {
            // Do not repeat the value: it is untrusted.
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "Unknown unit primitive in header " + UNIT_PRIMITIVE
                            + "; expected for example duo_chat or explain_code");
        }
        return known;
    }

    private void bill(Completion completion) {
        Map<String, @Nullable Object> operation = new LinkedHashMap<>();
        operation.put("token_count", Provider.known(completion.tokens().total()));
        operation.put("model_id", model.name());
        operation.put("model_engine", model.engine());
        operation.put("model_provider", model.provider());
        operation.put("prompt_tokens", Provider.known(completion.tokens().input()));
        operation.put("completion_tokens", Provider.known(completion.tokens().output()));
        operation.put("agent_name", null);
        operation.put("cache_read_tokens", completion.tokens().cacheRead());
        operation.put("cache_write_tokens", 0);
        operation.put("operation_type", "standard");
        billing.billingEvent(BillingEvent.AI_GATEWAY_PROXY_USE)
                .category(Categories.PROXY_BILLING)
                .unitOfMeasure("request")
                .quantity(1)
                .metadata("feature_qualified_name", BillingEvent.AI_GATEWAY_PROXY_USE)
                .metadata("feature_ai_catalog_item", false)
                .metadata("execution_environment", "duo_agent_platform")
                .metadata("llm_operations", List.of(operation))
                .metadata("tool_names", List.of())
                .metadata("orbit_called", false)
                .track();
    }
}
