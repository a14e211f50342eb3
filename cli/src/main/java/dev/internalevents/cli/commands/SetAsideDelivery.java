package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.NoAnswer;
import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.client.internal.http.ConnectionFailure;
import dev.internalevents.client.internal.http.HttpConnection;
import dev.internalevents.client.internal.http.HttpEndpoint;
import dev.internalevents.client.internal.http.HttpRequest;
import dev.internalevents.client.internal.http.HttpTarget;
import dev.internalevents.client.internal.http.RedirectedConnection;
import dev.internalevents.client.internal.setaside.SetAsideEvent;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends events one by one, each to the first collector that accepts it, in the given order. A collector to which there
 * is no connection is not tried again. For one thread.
 */
final class SetAsideDelivery implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final long ANSWER_NANOS = 10_000_000_000L;

    private final List<Target> targets = new ArrayList<>();

    private static final class Target {

        private final URI url;
        private final RedirectedConnection connection;
        private @Nullable String failure;

        private Target(URI url, RedirectedConnection connection) {
            this.url = url;
            this.connection = connection;
        }
    }

    /**
     * Connects as the client does, at the first event: the same rules for endpoints, the same redirects.
     *
     * @throws IllegalArgumentException if an endpoint is not one
     */
    SetAsideDelivery(List<URI> collectors, Map<String, String> headers, @Nullable SSLContext tls) {
        for (URI url : collectors) {
            HttpEndpoint endpoint = HttpEndpoint.parse(url.toString()).below(HttpEndpoint.TRACKER_PATH);
            HttpTarget target = new HttpTarget(endpoint, headers, null, tls, CONNECT);
            targets.add(new Target(url, new RedirectedConnection(target, new Lifecycle())));
        }
    }

    /** Sends an event; returns null if it was accepted, otherwise why not. */
    @Nullable
    String send(SetAsideEvent event) {
        List<String> problems = new ArrayList<>();
        for (Target target : targets) {
            if (target.failure != null) {
                continue;
            }
            String problem = send(target, event);
            if (problem == null) {
                return null;
            }
            problems.add((targets.size() == 1 ? "the collector" : target.url) + problem);
        }
        return String.join(", ", problems);
    }

    /** Returns the sentence to show if there is no connection to any collector; otherwise null. */
    @Nullable
    String away() {
        if (targets.stream().anyMatch(target -> target.failure == null)) {
            return null;
        }
        List<URI> urls = targets.stream().map(target -> target.url).toList();
        List<String> failures =
                targets.stream().map(target -> String.valueOf(target.failure)).toList();
        return NoAnswer.sentence(urls, String.join(", ", failures));
    }

    private static @Nullable String send(Target target, SetAsideEvent event) {
        Map<String, Object> members = new LinkedHashMap<>(event.event());
        members.put("stm", String.valueOf(System.currentTimeMillis()));
        byte[] json = Json.write(Map.of("schema", PayloadData.SCHEMA.toString(), "data", List.of(members)))
                .getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[HttpConnection.HEADROOM + json.length];
        System.arraycopy(json, 0, body, HttpConnection.HEADROOM, json.length);
        try {
            HttpRequest request = new HttpRequest(body, HttpConnection.HEADROOM, body.length, false);
            int status = target.connection.post(request, ANSWER_NANOS, () -> {}).status();
            return status / 100 == 2 ? null : " answered " + status;
        } catch (ConnectException e) {
            target.failure = ConnectionFailure.words(e);
            return " does not answer: " + target.failure;
        } catch (IOException e) {
            // The event itself may be the reason, so the others are tried.
            return " gave no answer: " + ConnectionFailure.words(e);
        }
    }

    @Override
    public void close() {
        targets.forEach(target -> target.connection.close());
    }
}
