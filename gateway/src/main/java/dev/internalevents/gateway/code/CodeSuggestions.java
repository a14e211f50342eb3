package dev.internalevents.gateway.code;

import dev.internalevents.gateway.StreamedAnswer;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.tracking.Categories;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Completions and generations of {@code /v2}. These also send the legacy Code Suggestions event. */
@RestController
class CodeSuggestions {

    private static final String AMAZON_Q = "amazon_q";

    private final CodeModel model;
    private final CodeSuggestionsEvent legacyEvent;

    CodeSuggestions(CodeModel model, CodeSuggestionsEvent legacyEvent) {
        this.model = model;
        this.legacyEvent = legacyEvent;
    }

    @PostMapping("/v2/code/completions")
    @Nullable
    Object completions(@RequestBody CodeRequest body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        UnitPrimitive unitPrimitive = AMAZON_Q.equals(body.modelProvider())
                ? UnitPrimitive.AMAZON_Q_INTEGRATION_COMPLETE_CODE
                : UnitPrimitive.COMPLETE_CODE;
        return suggest(unitPrimitive, body, request, response);
    }

    @PostMapping("/v2/code/generations")
    @Nullable
    Object generations(@RequestBody CodeRequest body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        return suggest(UnitPrimitive.GENERATE_CODE, body, request, response);
    }

    /** Returns null if the answer was streamed. */
    private @Nullable Object suggest(
            UnitPrimitive unitPrimitive, CodeRequest body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        CodeRequest.File file = body.file();
        legacyEvent.suggestionRequested(request, file);
        Completion completion = model.complete(unitPrimitive, Categories.CODE_V2, file);
        if (Boolean.TRUE.equals(body.stream())) {
            return StreamedAnswer.send(response, completion.parts());
        }
        return Map.of(
                "id", UUID.randomUUID().toString(),
                "object", "text_completion",
                "created", Instant.now().getEpochSecond(),
                "model", model.describe(file),
                "choices", List.of(CodeModel.choice(completion)));
    }
}
