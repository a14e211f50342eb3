package dev.internalevents.gateway.chat;

import dev.internalevents.gateway.StreamedAnswer;
import dev.internalevents.gateway.tracking.Categories;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One step of a chat that has tools. Tracks each context that the request adds, and the tool that is used: the first
 * one that the question names. A gateway whose model supports tools would let the model choose.
 */
@RestController
class ChatAgent {

    private static final Map<String, UnitPrimitive> TOOLS = tools();

    private final TrackedModel model;
    private final JsonMapper json;

    ChatAgent(TrackedModel model, JsonMapper json) {
        this.model = model;
        this.json = json;
    }

    /** Streams the answer as JSON, one object per line. */
    @PostMapping("/v2/chat/agent")
    void answer(@RequestBody JsonNode body, HttpServletResponse response) throws IOException {
        JsonNode messages = body.path("messages");
        String question = Messages.last(messages);
        List<UnitPrimitive> contexts = contexts(messages);
        contexts.forEach(context -> model.requested(context, Categories.CHAT_V2));
        List<String> parts =
                model.complete(UnitPrimitive.DUO_CHAT, question, "").parts();
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, UnitPrimitive> tool : TOOLS.entrySet()) {
            if (question.contains(tool.getKey())) {
                model.requested(tool.getValue(), Categories.CHAT_TOOLS);
                lines.add(line("action", Map.of("thought", "", "tool", tool.getKey(), "tool_input", question)));
                break;
            }
        }
        if (lines.isEmpty()) {
            parts.forEach(part -> lines.add(line("final_answer_delta", Map.of("text", part))));
        }
        StreamedAnswer.send(response, lines);
    }

    private static List<UnitPrimitive> contexts(JsonNode messages) {
        List<UnitPrimitive> contexts = new ArrayList<>();
        for (JsonNode message : messages) {
            for (JsonNode added : message.path("additional_context")) {
                contexts.add(context(added.path("category").asString("")));
            }
        }
        return contexts;
    }

    private static UnitPrimitive context(String category) {
        UnitPrimitive context = UnitPrimitive.of("include_" + category.toLowerCase(Locale.ROOT) + "_context");
        if (context == null) {
            throw new ResponseStatusException(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "additional_context.category: unknown; expected for example file, issue or merge_request");
        }
        return context;
    }

    private String line(String type, Map<String, String> data) {
        return json.writeValueAsString(Map.of("type", type, "data", data)) + "\n";
    }

    private static Map<String, UnitPrimitive> tools() {
        Map<String, UnitPrimitive> tools = new LinkedHashMap<>();
        tools.put("issue_reader", UnitPrimitive.ASK_ISSUE);
        tools.put("epic_reader", UnitPrimitive.ASK_EPIC);
        tools.put("merge_request_reader", UnitPrimitive.ASK_MERGE_REQUEST);
        tools.put("commit_reader", UnitPrimitive.ASK_COMMIT);
        tools.put("build_reader", UnitPrimitive.ASK_BUILD);
        tools.put("gitlab_documentation", UnitPrimitive.DOCUMENTATION_SEARCH);
        return tools;
    }
}
