package dev.internalevents.cli.http;

import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.client.internal.http.ConnectionFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends the commands' requests to a running collector, with the token in INTERNAL_EVENTS_TOKEN or else in
 * INTERNAL_EVENTS_READ_TOKEN.
 */
public final class RunningCollector {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Mixin
    private CollectorAddress address = new CollectorAddress();

    private final Duration connectTimeout;
    private @Nullable HttpClient http;

    public RunningCollector() {
        this(Duration.ofSeconds(5));
    }

    RunningCollector(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    private URI url() {
        return address.orDefault();
    }

    /** Creates the client at the first request: before, options have not been read. */
    private synchronized HttpClient http() {
        if (http == null) {
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(connectTimeout);
            SSLContext tls = address.tls();
            http = (tls == null ? builder : builder.sslContext(tls)).build();
        }
        return http;
    }

    public JsonNode get(String path) throws IOException, InterruptedException {
        return json(send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString()));
    }

    public JsonNode post(String path, String body) throws IOException, InterruptedException {
        return json(send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString()));
    }

    /**
     * Does the same as {@link #post} for a response that may take long. An error that occurs after the response has
     * started is JSON at the end of what was received, and the connection is then closed early.
     */
    public JsonNode postForLong(String path, String body) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        IOException broken = null;
        try (InputStream in = answer.body()) {
            in.transferTo(received);
        } catch (IOException e) {
            broken = e;
        }
        JsonNode json;
        try {
            json = JSON.readTree(received.toByteArray());
        } catch (RuntimeException e) {
            throw new IOException(url() + path + " answered " + answer.statusCode() + " without valid JSON", e);
        }
        String error = error(json);
        if (!error.isEmpty()) {
            throw new IOException(error);
        }
        if (broken != null || answer.statusCode() != 200) {
            throw new IOException(
                    url() + path + " answered " + answer.statusCode() + " with an incomplete response", broken);
        }
        return json;
    }

    public InputStream stream(String path) throws IOException, InterruptedException {
        return stream(path, request(path).GET().build());
    }

    public InputStream postForStream(String path) throws IOException, InterruptedException {
        return stream(
                path, request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    private InputStream stream(String path, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            String error;
            try (InputStream body = answer.body()) {
                error = error(JSON.readTree(body));
            } catch (RuntimeException e) {
                error = "";
            }
            throw new IOException(
                    url() + path + " answered " + answer.statusCode() + (error.isEmpty() ? "" : ": " + error));
        }
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        String base = url().toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path));
        token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    /** Returns the token in INTERNAL_EVENTS_TOKEN, or else in INTERNAL_EVENTS_READ_TOKEN. */
    public static Optional<String> token() {
        return Stream.of("INTERNAL_EVENTS_TOKEN", "INTERNAL_EVENTS_READ_TOKEN")
                .map(System::getenv)
                .filter(token -> token != null && !token.isEmpty())
                .findFirst();
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        try {
            return http().send(request, handler);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new IOException(
                    "no collector answers at " + url() + " (" + ConnectionFailure.words(e)
                            + "); start one with: internal-events collector, or name another with --url",
                    e);
        } catch (SSLException e) {
            throw new IOException(
                    url() + ": " + ConnectionFailure.words(e)
                            + (ConnectionFailure.isCertificate(e) ? CollectorAddress.advice() : ""),
                    e);
        } catch (IOException e) {
            throw new IOException(url() + ": " + ConnectionFailure.words(e), e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw new IOException(
                    answer.uri() + " answered " + answer.statusCode()
                            + " without JSON; expected the address of a collector, such as http://127.0.0.1:9091",
                    e);
        }
        if (answer.statusCode() != 200) {
            String error = error(json);
            throw new IOException(error.isEmpty() ? "the collector answered " + answer.statusCode() : error);
        }
        return json;
    }

    /** Returns the collector's reason as a line that can be shown; empty if there is none. */
    private static String error(JsonNode json) {
        return OneLine.of(json.path("error").asString(""));
    }
}
