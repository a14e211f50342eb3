package dev.internalevents.collector;

import dev.internalevents.testkit.TestHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests to a collector: well-formed ones with a client, others byte by byte. */
final class Http {

    static final String TP2 = "/com.snowplowanalytics.snowplow/tp2";

    private static final String CONTENT_TYPE = "Content-Type";

    private final Collector collector;

    Http(Collector collector) {
        this.collector = collector;
    }

    HttpRequest.Builder to(String path) {
        return TestHttp.to(collector.url() + path);
    }

    /** Repeats the request while the store is being opened, which can take long on a busy machine. */
    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer;
        do {
            answer = once(request);
        } while (answer.statusCode() == 503
                && (answer.body().contains("the store is being opened")
                        || answer.body().contains("the ids of stored events are")));
        return answer;
    }

    HttpResponse<String> once(HttpRequest.Builder request) throws IOException, InterruptedException {
        return TestHttp.send(request);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(to(path).GET());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return post(path, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends JSON, unless the headers have another content type. */
    HttpResponse<String> post(String path, byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                to(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)).header(CONTENT_TYPE, "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(CONTENT_TYPE)) {
                request.setHeader(CONTENT_TYPE, headers[i + 1]);
            } else {
                request.header(headers[i], headers[i + 1]);
            }
        }
        return send(request);
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(get(path).body());
    }

    JsonNode json(String path, String body) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(post(path, body).body());
    }

    /** Sends raw bytes and reads until the server closes the connection. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", collector.port())) {
            socket.setSoTimeout(30_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // The server may answer and close before it has read everything.
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (IOException e) {
                // A reset after the response ends the response.
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }
}
