package dev.internalevents.junit;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A collector in this process. The only class that needs the collector module, which is optional. */
final class TestCollector implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Collector collector;

    private TestCollector(Collector collector) {
        this.collector = collector;
    }

    static TestCollector start() {
        try {
            return new TestCollector(Collector.start(CollectorSettings.local(0)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Object collector() {
        return collector;
    }

    String url() {
        return collector.url();
    }

    /** Removes the events that earlier tests of the same Spring context sent. */
    void empty() {
        HttpRequest reset = HttpRequest.newBuilder(URI.create(url() + "/micro/reset"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .timeout(ANSWER)
                .build();
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient().send(reset, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(
                        "the test's collector could not be emptied: " + answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the test's collector could not be emptied", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the test's collector was emptied", e);
        }
    }

    @Override
    public void close() {
        collector.close();
    }
}
