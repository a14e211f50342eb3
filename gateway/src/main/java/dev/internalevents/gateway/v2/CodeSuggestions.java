package dev.internalevents.gateway.v2;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.gateway.model.CodeModel;
import dev.internalevents.gateway.model.ModelException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Completions and generations: both track an internal event and the legacy Code Suggestions event. */
@RestController
class CodeSuggestions {

    private static final String CATEGORY = CodeSuggestions.class.getName();

    private final InternalEventsClient internalEvents;
    private final CodeSuggestionsEvent legacyEvent;
    private final CodeModel model;

    CodeSuggestions(InternalEventsClient internalEvents, CodeSuggestionsEvent legacyEvent, CodeModel model) {
        this.internalEvents = internalEvents;
        this.legacyEvent = legacyEvent;
        this.model = model;
    }

    @PostMapping("/v2/code/completions")
    Map<String, Object> completions(@RequestBody CodeRequest request) {
        return suggest("request_complete_code", "text_completion", request.file());
    }

    @PostMapping("/v2/code/generations")
    Map<String, Object> generations(@RequestBody CodeRequest request) {
        return suggest("request_generate_code", "text_completion", request.file());
    }

    private Map<String, Object> suggest(String event, String object, CodeRequest.File file) {
        String language = Languages.of(file.name());
        internalEvents.trackEvent(event, properties(language), CATEGORY);
        legacyEvent.suggestionRequested(file, language, model);
        return Map.of(
                "id",
                UUID.randomUUID().toString(),
                "object",
                object,
                "created",
                Instant.now().getEpochSecond(),
                "model",
                Map.of("engine", model.engine(), "name", model.name(), "lang", language == null ? "" : language),
                "choices",
                List.of(Map.of(
                        "text", model.complete(file.above(), file.below()), "index", 0, "finish_reason", "length")));
    }

    private AdditionalProperties properties(@Nullable String language) {
        return AdditionalProperties.builder()
                .put("model_engine", model.engine())
                .put("model_name", model.name())
                .put("language", language)
                .build();
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> invalid(InvalidRequestException e) {
        return ResponseEntity.status(HttpStatus.UNPROCESSABLE_CONTENT)
                .body(Map.of("detail", String.valueOf(e.getMessage())));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> noAnswer(ModelException e) {
        return ResponseEntity.status(HttpStatus.BAD_GATEWAY).body(Map.of("detail", String.valueOf(e.getMessage())));
    }
}
