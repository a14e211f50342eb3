package dev.internalevents.gateway.chat;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;

/** Extracts texts from a conversation. */
public final class Messages {

    private Messages() {}

    /**
     * Returns the text of a prompt, or of the last of several messages.
     *
     * @param content a text, or a list of texts and objects with {@code content}, {@code text} or {@code parts}
     * @throws ResponseStatusException 422 if there is no text
     */
    public static String last(JsonNode content) {
        JsonNode last = content;
        while (!last.isString()) {
            JsonNode inner = last.isArray()
                    ? last.path(last.size() - 1)
                    : last.path(last.has("content") ? "content" : last.has("parts") ? "parts" : "text");
            if (inner.isMissingNode()) {
                throw new ResponseStatusException(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "The body has no text for the model; expected a text, or a list of messages with content.");
            }
            last = inner;
        }
        return last.asString();
    }
}
