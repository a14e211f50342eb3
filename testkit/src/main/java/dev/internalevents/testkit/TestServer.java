package dev.internalevents.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/**
 * A real HTTP server on a free port of 127.0.0.1 that responds as a test configures and records the requests. Each
 * request has a thread of its own.
 */
public final class TestServer implements AutoCloseable {

    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private TestServer(Function<TestServer, HttpHandler> handler) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(daemons("test-server"));
        server.createContext("/", handler.apply(this));
        server.start();
    }

    /** Starts a server whose requests are handled by the test, and are not recorded. */
    public static TestServer handling(HttpHandler handler) throws IOException {
        return new TestServer(server -> handler);
    }

    /** Starts a server that responds to each request with what the function returns. */
    public static TestServer responding(Function<Request, Response> responses) throws IOException {
        return new TestServer(server -> exchange -> {
            Request request = Request.read(exchange);
            server.requests.add(request);
            send(exchange, responses.apply(request));
        });
    }

    /** Starts a server that responds to every request with this status and body. */
    public static TestServer responding(int status, String body) throws IOException {
        return responding(request -> new Response(status, body));
    }

    /** Returns a pool of daemon threads that grows as needed. */
    static ExecutorService daemons(String name) {
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Sends a response and ends the exchange. */
    public static void send(HttpExchange exchange, Response response) throws IOException {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /**
     * A request that was received.
     *
     * @param path with the query
     * @param body decompressed
     */
    public record Request(String method, String path, Map<String, List<String>> headers, byte[] body) {

        /** Reads the whole request. */
        public static Request read(HttpExchange exchange) throws IOException {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
                body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
            }
            return new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    body);
        }

        /** Returns the body as UTF-8. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** A response; an empty body is sent without a length. */
    public record Response(int status, String body) {}

    public int port() {
        return server.getAddress().getPort();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Returns the requests in order of arrival. */
    public List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
