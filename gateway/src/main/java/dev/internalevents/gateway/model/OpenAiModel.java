package dev.internalevents.gateway.model;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;
import tools.jackson.databind.JsonNode;

/** A model on a server with OpenAI's completions API: {@code POST {endpoint}/v1/completions}. */
public final class OpenAiModel implements LanguageModel {

    private static final Logger LOG = LoggerFactory.getLogger(OpenAiModel.class);
    private static final int MAX_TOKENS = 64;
    private static final int MAX_LOGGED = 1_000;

    private final RestClient http;
    private final String name;

    /** Creates a client for the model of this name; with an empty key, no Authorization header is sent. */
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
            ResponseEntity<JsonNode> answer = http.post()
                    .uri("/v1/completions")
                    .body(Map.of("model", name, "prompt", before, "suffix", after, "max_tokens", MAX_TOKENS))
                    .retrieve()
                    .toEntity(JsonNode.class);
            // The client throws for statuses of 400 and above, but not for a redirect.
            if (!answer.getStatusCode().is2xxSuccessful()) {
                throw noAnswer("the status " + answer.getStatusCode().value(), null);
            }
            return completion(answer.getBody());
        } catch (RestClientResponseException e) {
            throw noAnswer("the status " + e.getStatusCode().value() + " and " + shown(e.getResponseBodyAsString()), e);
        } catch (RestClientException e) {
            throw noAnswer(shown(String.valueOf(e.getMessage())), e);
        }
    }

    /** The server's response is only logged: it may contain keys and hosts, which the caller must not see. */
    private static ModelException noAnswer(String got, @Nullable Throwable cause) {
        LOG.warn("The model at AIGW_MODEL__ENDPOINT did not answer with a completion, but with {}", got);
        return new ModelException("the model at AIGW_MODEL__ENDPOINT did not answer; see the gateway's log", cause);
    }

    private static String shown(String text) {
        String oneLine = text.replaceAll("\\p{Cntrl}", " ");
        return oneLine.length() <= MAX_LOGGED ? oneLine : oneLine.substring(0, MAX_LOGGED) + "...";
    }

    private static Completion completion(@Nullable JsonNode answer) {
        JsonNode text = answer == null ? null : answer.at("/choices/0/text");
        if (answer == null || text == null || !text.isString()) {
            throw noAnswer("a body without a text in /choices/0/text", null);
        }
        JsonNode usage = answer.path("usage");
        return new Completion(
                text.asString(),
                new TokenUsage(
                        tokens(usage.path("prompt_tokens")),
                        tokens(usage.path("completion_tokens")),
                        Objects.requireNonNullElse(tokens(usage.at("/prompt_tokens_details/cached_tokens")), 0L)));
    }

    private static @Nullable Long tokens(JsonNode count) {
        return count.isIntegralNumber() && count.canConvertToLong() ? (Long) count.asLong() : null;
    }
}
