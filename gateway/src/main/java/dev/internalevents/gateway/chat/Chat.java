package dev.internalevents.gateway.chat;

import dev.internalevents.gateway.StreamedAnswer;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.tracking.Categories;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;

/** Chat with a single prompt. Some commands have their own unit primitive; the others use Duo Chat's. */
@RestController
class Chat {

    private static final Map<String, UnitPrimitive> INVOKABLES = Map.of(
            "agent", UnitPrimitive.DUO_CHAT,
            "explain_code", UnitPrimitive.DUO_CHAT,
            "write_tests", UnitPrimitive.DUO_CHAT,
            "refactor_code", UnitPrimitive.DUO_CHAT,
            "explain_vulnerability", UnitPrimitive.EXPLAIN_VULNERABILITY,
            "summarize_comments", UnitPrimitive.SUMMARIZE_COMMENTS,
            "troubleshoot_job", UnitPrimitive.TROUBLESHOOT_JOB);

    private final TrackedModel model;

    Chat(TrackedModel model) {
        this.model = model;
    }

    @PostMapping("/v1/chat/{invokable}")
    @Nullable
    Object chat(@PathVariable String invokable, @RequestBody JsonNode body, HttpServletResponse response)
            throws IOException {
        UnitPrimitive unitPrimitive = INVOKABLES.get(invokable);
        if (unitPrimitive == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "Not found");
        }
        String prompt = Messages.last(body.at("/prompt_components/0/payload/content"));
        model.requested(unitPrimitive, Categories.CHAT_V1);
        Completion completion = model.complete(unitPrimitive, prompt, "");
        if (body.path("stream").asBoolean(false)) {
            return StreamedAnswer.send(response, completion.parts());
        }
        return Map.of(
                "response",
                completion.text(),
                "metadata",
                Map.of(
                        "provider", model.provider(),
                        "model", model.name(),
                        "timestamp", Instant.now().getEpochSecond()));
    }
}
