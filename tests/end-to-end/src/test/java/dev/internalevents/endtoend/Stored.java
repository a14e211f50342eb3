package dev.internalevents.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what a collector has in its store. */
final class Stored {

    private Stored() {}

    /** Waits until every accepted request has been stored. */
    static void awaitAll(String url) {
        await().atMost(Duration.ofMinutes(3)).ignoreExceptions().until(() -> {
            JsonNode ready = Web.json(url + "/ready");
            return ready.path("processesEvents").asBoolean()
                    && ready.path("waitingRequests").asLong(-1) == 0;
        });
    }

    /** Returns the ids of all good and failed events, with the number of occurrences. */
    static Map<String, Integer> ids(String url) throws IOException, InterruptedException {
        Map<String, Integer> stored = new HashMap<>();
        long after = 0;
        while (true) {
            JsonNode page = JsonMapper.shared()
                    .readTree(Web.post(
                                    url + "/micro/events",
                                    "{\"pageSize\":1000,\"sorting\":{\"desc\":false},\"after\":" + after + "}",
                                    Map.of())
                            .body());
            if (page.path("events").isEmpty()) {
                return stored;
            }
            for (JsonNode event : page.path("events")) {
                stored.merge(event.path("event_id").asString(), 1, Integer::sum);
                after = event.path("number").asLong();
            }
        }
    }
}
