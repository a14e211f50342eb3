package dev.internalevents.testkit;

import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Sends requests as curl would: HTTP/1.1, without following redirects, and for at most 30 seconds. */
public final class TestHttp {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestHttp() {}

    /** Begins a request; default: GET. */
    public static HttpRequest.Builder to(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
    }

    /** Sends a request and reads the whole response as text. */
    public static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return send(to(url));
    }

    /**
     * Sends JSON.
     *
     * @param headers names and values in turn; a {@code Content-Type} replaces that of JSON
     */
    public static HttpResponse<String> post(String url, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                to(url).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    /**
     * Sends events to a collector as a tracker does.
     *
     * @param collector its URL
     * @param events each a JSON object, separated by commas
     */
    public static HttpResponse<String> track(String collector, String events) throws IOException, InterruptedException {
        return post(
                collector + "/com.snowplowanalytics.snowplow/tp2",
                "{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[" + events + "]}");
    }
}
