package dev.internalevents.gateway.model;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** A server that speaks OpenAI's completions protocol: {@code POST {endpoint}/v1/completions}. */
public final class OpenAiModel implements LanguageModel {

    private static final int MAX_TOKENS = 64;

    private final RestClient http;
    private final String name;

    /** A model of this name; an empty key sends none. */
    public OpenAiModel(URI endpoint, String name, String apiKey) {
        JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build());
        factory.setReadTimeout(Duration.ofSeconds(30));
        RestClient.Builder builder =
                RestClient.builder().requestFactory(factory).baseUrl(endpoint.toString());
        if (!apiKey.isEmpty()) {
            builder.defaultHeader("Authorization", "Bearer " + apiKey);
        }
        this.http = builder.build();
        this.name = name;
    }

    @Override
    public String engine() {
        return "openai";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String provider() {
        return "openai";
    }

    @Override
    public Completion complete(String before, String after) {
        try {
            JsonNode answer = http.post()
                    .uri("/v1/completions")
                    .body(Map.of("model", name, "prompt", before, "suffix", after, "max_tokens", MAX_TOKENS))
                    .retrieve()
                    .body(JsonNode.class);
            return answer == null ? new Completion("", new TokenUsage(null, null, 0)) : completion(answer);
        } catch (RestClientException e) {
            throw new ModelException("the model at AIGW_MODEL__ENDPOINT did not answer: " + e.getMessage(), e);
        }
    }

    private static Completion completion(JsonNode answer) {
        JsonNode usage = answer.path("usage");
        return new Completion(
                answer.at("/choices/0/text").asString(""),
                new TokenUsage(
                        tokens(usage.path("prompt_tokens")),
                        tokens(usage.path("completion_tokens")),
                        Objects.requireNonNullElse(tokens(usage.at("/prompt_tokens_details/cached_tokens")), 0L)));
    }

    private static @Nullable Long tokens(JsonNode count) {
        return count.isIntegralNumber() && count.canConvertToLong() ? (Long) count.asLong() : null;
    }
}
