package dev.internalevents.gateway.v1;

import dev.internalevents.gateway.tracking.Categories;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;

/** Searches the documentation. The result is the query itself; no model is called, so no tokens are tracked. */
@RestController
class DocumentationSearch {

    private final TrackedModel model;

    DocumentationSearch(TrackedModel model) {
        this.model = model;
    }

    @PostMapping("/v1/search/gitlab-docs")
    Map<String, Object> search(@RequestBody JsonNode body) {
        JsonNode query = body.at("/payload/query");
        if (!query.isString()) {
            throw new ResponseStatusException(
                    HttpStatus.UNPROCESSABLE_CONTENT, "payload.query: expected the text to search for");
        }
        model.requested(UnitPrimitive.DOCUMENTATION_SEARCH, Categories.SEARCH);
        Map<String, Object> result =
                Map.of("id", "echo", "content", query.asString(), "metadata", Map.of("title", "Echo"));
        return Map.of(
                "response",
                Map.of("results", List.of(result)),
                "metadata",
                Map.of("provider", "echo", "timestamp", Instant.now().getEpochSecond()));
    }
}
