package dev.internalevents.lake;

import dev.internalevents.collector.Collector;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Sends good events to a collector, as a tracker does. */
final class Traffic {

    private final HttpClient http = HttpClient.newHttpClient();
    private long acknowledged;

    /** Sends a request with so many events; returns whether it was acknowledged. */
    boolean send(String url, int events) throws InterruptedException {
        List<TrackerPayload> payloads = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            payloads.add(new TrackerPayload(new LinkedHashMap<>(Map.of(
                    "e",
                    "se",
                    "se_ca",
                    "category",
                    "se_ac",
                    "action" + i % 7,
                    "se_la",
                    "x".repeat(50),
                    "eid",
                    UUID.randomUUID().toString()))));
        }
        try {
            int status = http.send(
                            HttpRequest.newBuilder(URI.create(url + "/com.snowplowanalytics.snowplow/tp2"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(PayloadData.encode(payloads)))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            acknowledged += status == 200 ? events : 0;
            return status == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the value of a metric. */
    static double metric(Collector collector, String name) throws IOException, InterruptedException {
        return get(collector, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Returns what a collector answers. */
    static String get(Collector collector, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(collector.url() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    long acknowledged() {
        return acknowledged;
    }
}
