package dev.internalevents.endtoend;

import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A request with new events. The first event is invalid, because failed events must not be lost either.
 *
 * @param ids the ids of all events
 */
record EventBatch(List<String> ids, String body) {

    static EventBatch of(int count) {
        List<String> ids = new ArrayList<>();
        StringBuilder events = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String id = UUID.randomUUID().toString();
            ids.add(id);
            events.append(i == 0 ? "" : ",")
                    .append("{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"a\",\"eid\":\"")
                    .append(id)
                    .append(i == 0 ? "\",\"se_va\":\"nothing\"}" : "\"}");
        }
        return new EventBatch(ids, "{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[" + events + "]}");
    }

    /** Sends the request; returns whether the collector acknowledged it. */
    boolean isAcknowledged(HttpClient http, String collector) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(collector + "/com.snowplowanalytics.snowplow/tp2"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
