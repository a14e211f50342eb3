package dev.internalevents.gateway.code;

import dev.internalevents.gateway.StreamedAnswer;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.tracking.Categories;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Suggestions of {@code /v3} and {@code /v4}: one endpoint each; the body selects completion or generation. */
@RestController
class EditorSuggestions {

    private final CodeModel model;
    private final JsonMapper json;

    EditorSuggestions(CodeModel model, JsonMapper json) {
        this.model = model;
        this.json = json;
    }

    /** Streams plain text. */
    @PostMapping("/v3/code/completions")
    @Nullable
    Object completions(@RequestBody JsonNode body, HttpServletResponse response) throws IOException {
        Suggestion suggestion = suggest(body);
        return suggestion.isStreamed()
                ? StreamedAnswer.send(response, suggestion.completion().parts())
                : whole(suggestion);
    }

    /** Streams server-sent events. */
    @PostMapping("/v4/code/suggestions")
    @Nullable
    Object suggestions(@RequestBody JsonNode body, HttpServletResponse response) throws IOException {
        Suggestion suggestion = suggest(body);
        return suggestion.isStreamed() ? StreamedAnswer.send(response, events(suggestion)) : whole(suggestion);
    }

    /** The events of both versions have the category of {@code /v3}, as in GitLab's AI Gateway. */
    private Suggestion suggest(JsonNode body) {
        JsonNode component = body.at("/prompt_components/0");
        JsonNode payload = component.path("payload");
        UnitPrimitive unitPrimitive = switch (component.path("type").asString("")) {
            case "code_editor_completion" -> UnitPrimitive.COMPLETE_CODE;
            case "code_editor_generation" -> UnitPrimitive.GENERATE_CODE;
            default ->
                throw CodeRequest.invalid(
                        "prompt_components[0].type: expected code_editor_completion or code_editor_generation");
        };
        CodeRequest.File file = new CodeRequest.CurrentFile(
                        text(payload, "file_name"),
                        text(payload, "content_above_cursor"),
                        text(payload, "content_below_cursor"))
                .checked("prompt_components[0].payload");
        Completion completion = model.complete(unitPrimitive, Categories.CODE_V3, file);
        Map<String, Object> metadata =
                Map.of("timestamp", Instant.now().getEpochSecond(), "model", model.describe(file));
        return new Suggestion(completion, metadata, payload.path("stream").asBoolean(false));
    }

    private static Map<String, Object> whole(Suggestion suggestion) {
        return Map.of("choices", List.of(CodeModel.choice(suggestion.completion())), "metadata", suggestion.metadata());
    }

    private List<String> events(Suggestion suggestion) {
        List<String> events = new ArrayList<>();
        events.add(event("stream_start", Map.of("metadata", suggestion.metadata())));
        for (String part : suggestion.completion().parts()) {
            Map<String, Object> choice = Map.of("index", 0, "delta", Map.of("content", part));
            events.add(event("content_chunk", Map.of("choices", List.of(choice))));
        }
        events.add(event("stream_end", null));
        return events;
    }

    private String event(String name, @Nullable Object data) {
        return "event: " + name + "\ndata: " + json.writeValueAsString(data) + "\n\n";
    }

    private static @Nullable String text(JsonNode payload, String field) {
        JsonNode value = payload.path(field);
        return value.isString() ? value.asString() : null;
    }

    private record Suggestion(Completion completion, Map<String, Object> metadata, boolean isStreamed) {}
}
