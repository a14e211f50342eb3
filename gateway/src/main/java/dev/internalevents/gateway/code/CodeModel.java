package dev.internalevents.gateway.code;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** The model as Code Suggestions uses it, in all versions of its endpoints. */
@Component
class CodeModel {

    private final TrackedModel model;

    CodeModel(TrackedModel model) {
        this.model = model;
    }

    /** Tracks the request, with the language of the file, and calls the model. */
    Completion complete(UnitPrimitive unitPrimitive, String category, CodeRequest.File file) {
        AdditionalProperties language = AdditionalProperties.builder()
                .put("language", Languages.of(file.name()))
                .build();
        model.requested(unitPrimitive, category, language);
        return model.complete(unitPrimitive, file.above(), file.below());
    }

    /** Returns the member {@code model} of an answer. */
    Map<String, Object> describe(CodeRequest.File file) {
        return Map.of(
                "engine",
                model.engine(),
                "name",
                model.name(),
                "lang",
                Objects.requireNonNullElse(Languages.of(file.name()), ""));
    }

    static Map<String, Object> choice(Completion completion) {
        return Map.of("text", completion.text(), "index", 0, "finish_reason", "length");
    }
}
