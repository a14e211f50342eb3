package dev.internalevents.gateway.chat;

import dev.internalevents.gateway.StreamedAnswer;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.tracking.Categories;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Prompts by id. A prompt is named after its unit primitive, except for a few with a path. The inputs are sent as the
 * prompt.
 */
@RestController
class Prompts {

    private static final Map<String, UnitPrimitive> WITH_PATH = Map.of(
            "chat/react", UnitPrimitive.DUO_CHAT,
            "code_suggestions/completions", UnitPrimitive.COMPLETE_CODE,
            "code_suggestions/generations", UnitPrimitive.GENERATE_CODE);

    private final TrackedModel model;

    Prompts(TrackedModel model) {
        this.model = model;
    }

    /** Answers with a JSON string. */
    @PostMapping("/v1/prompts/{*id}")
    @Nullable
    Object promptV1(@PathVariable String id, @RequestBody JsonNode body, HttpServletResponse response)
            throws IOException {
        Completion completion = complete(id, Categories.PROMPTS_V1, body);
        return isStreamed(body)
                ? StreamedAnswer.send(response, completion.parts())
                : StringNode.valueOf(completion.text());
    }

    /** Answers with a message that includes the token counts. */
    @PostMapping("/v2/prompts/{*id}")
    @Nullable
    Object promptV2(@PathVariable String id, @RequestBody JsonNode body, HttpServletResponse response)
            throws IOException {
        Completion completion = complete(id, Categories.PROMPTS_V2, body);
        if (isStreamed(body)) {
            return StreamedAnswer.send(response, completion.parts());
        }
        Map<String, @Nullable Object> tokens = new LinkedHashMap<>();
        tokens.put("input_tokens", completion.tokens().input());
        tokens.put("output_tokens", completion.tokens().output());
        tokens.put("total_tokens", completion.tokens().total());
        return Map.of("content", completion.text(), "usage_metadata", tokens);
    }

    private Completion complete(String path, String category, JsonNode body) {
        // Without an id, the path has no slash either.
        String id = path.isEmpty() ? path : path.substring(1);
        UnitPrimitive known = WITH_PATH.getOrDefault(id, UnitPrimitive.of(id));
        if (known == null || UnitPrimitive.CONTEXTS.contains(known)) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no prompt with this id.");
        }
        String inputs = body.path("inputs")
                .valueStream()
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .collect(Collectors.joining("\n"));
        model.requested(known, category);
        return model.complete(known, inputs, "");
    }

    private static boolean isStreamed(JsonNode body) {
        return body.path("stream").asBoolean(false);
    }
}
