package dev.internalevents.gateway.proxy;

import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.tracking.Categories;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model provider: its path, the category of its events, and the format of its answers. */
enum Provider {
    ANTHROPIC("anthropic", Categories.PROXY_ANTHROPIC) {
        @Override
        Map<String, Object> answer(Completion completion, String model) {
            return Map.of(
                    "type",
                    "message",
                    "role",
                    "assistant",
                    "model",
                    model,
                    "content",
                    List.of(Map.of("type", "text", "text", completion.text())),
                    "stop_reason",
                    "end_turn",
                    "usage",
                    Map.of(
                            "input_tokens", known(completion.tokens().input()),
                            "output_tokens", known(completion.tokens().output())));
        }
    },
    VERTEX_AI("vertex-ai", Categories.PROXY_VERTEX_AI) {
        @Override
        Map<String, Object> answer(Completion completion, String model) {
            Map<String, Object> content = Map.of("role", "model", "parts", List.of(Map.of("text", completion.text())));
            return Map.of(
                    "candidates", List.of(Map.of("content", content, "finishReason", "STOP")),
                    "usageMetadata",
                            Map.of(
                                    "promptTokenCount",
                                            known(completion.tokens().input()),
                                    "candidatesTokenCount",
                                            known(completion.tokens().output())));
        }
    },
    OPENAI("openai", Categories.PROXY_OPENAI) {
        @Override
        Map<String, Object> answer(Completion completion, String model) {
            Map<String, Object> message = Map.of("role", "assistant", "content", completion.text());
            return Map.of(
                    "object",
                    "chat.completion",
                    "model",
                    model,
                    "choices",
                    List.of(Map.of("index", 0, "message", message, "finish_reason", "stop")),
                    "usage",
                    Map.of(
                            "prompt_tokens", known(completion.tokens().input()),
                            "completion_tokens", known(completion.tokens().output())));
        }
    };

    private final String path;
    private final String category;

    Provider(String path, String category) {
        this.path = path;
        this.category = category;
    }

    /** Returns the provider for a path such as {@code vertex-ai}, or null. */
    static @Nullable Provider of(String path) {
        for (Provider provider : values()) {
            if (provider.path.equals(path)) {
                return provider;
            }
        }
        return null;
    }

    String category() {
        return category;
    }

    abstract Map<String, Object> answer(Completion completion, String model);

    static long known(@Nullable Long tokens) {
        return Objects.requireNonNullElse(tokens, 0L);
    }
}
