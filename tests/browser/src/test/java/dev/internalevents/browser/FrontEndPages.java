package dev.internalevents.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves pages with {@code internal-events.js}, and a collector on another origin that answers as the test sets it and
 * stores what it receives.
 */
final class FrontEndPages implements AutoCloseable {

    private static final Path SOURCES = Path.of("../../frontend/src");

    /** A request to the collector or to the application's own endpoint. */
    record Sent(String path, Map<String, List<String>> headers, JsonNode body) {}

    private final HttpServer pages;
    private final HttpServer collector;
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final AtomicReference<String> body = new AtomicReference<>("");
    private volatile int status = 200;
    private volatile int applicationStatus = 200;

    FrontEndPages() throws IOException {
        pages = server(this::answerPage);
        collector = server(this::answerCollector);
    }

    private static HttpServer server(com.sun.net.httpserver.HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", handler);
        server.start();
        return server;
    }

    private void answerPage(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("POST")) {
            keep(exchange);
            Answers.send(exchange, applicationStatus, "text/plain", new byte[0]);
        } else if (path.endsWith(".js")) {
            Answers.send(exchange, 200, "text/javascript", Files.readAllBytes(SOURCES.resolve(path.substring(1))));
        } else {
            Answers.send(exchange, 200, "text/html; charset=utf-8", html().getBytes(StandardCharsets.UTF_8));
        }
    }

    private String html() {
        return """
                <!doctype html><html lang="en"><head><title>Shop</title></head><body data-page="shop:cart">
                %s
                <script type="module">
                  import * as events from '/internal-events.js';
                  window.events = events;
                  const settings = JSON.parse(decodeURIComponent(location.hash.slice(1)) || 'null');
                  if (settings) events.start(settings);
                  window.started = true;
                </script></body></html>
                """.formatted(body.get());
    }

    private void answerCollector(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders()
                .add("Access-Control-Allow-Origin", exchange.getRequestHeaders().getFirst("Origin"));
        exchange.getResponseHeaders().add("Access-Control-Allow-Credentials", "true");
        exchange.getResponseHeaders().add("Access-Control-Allow-Headers", "Content-Type");
        if (exchange.getRequestMethod().equals("POST") && status == 200) {
            keep(exchange);
        }
        boolean isPreflight = exchange.getRequestMethod().equals("OPTIONS");
        Answers.send(exchange, isPreflight ? 200 : status, "text/plain", new byte[] {'o', 'k'});
    }

    private void keep(HttpExchange exchange) throws IOException {
        sent.add(new Sent(
                exchange.getRequestURI().getPath(),
                Map.copyOf(exchange.getRequestHeaders()),
                JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes())));
    }

    /** Sets the HTML of the pages. */
    void show(String html) {
        body.set(html);
    }

    /** Sets the status with which the collector answers. Requests that it answers with 200 are stored. */
    void answerWith(int newStatus) {
        status = newStatus;
    }

    /** Sets the status with which the application answers a POST. */
    void applicationAnswersWith(int newStatus) {
        applicationStatus = newStatus;
    }

    String collectorUrl() {
        return "http://127.0.0.1:" + collector.getAddress().getPort();
    }

    /** Returns the URL of a page that sends to this collector. */
    String page(String path) {
        return page(path, "{\"collector\":\"" + collectorUrl() + "\",\"appId\":\"shop\"}");
    }

    String page(String path, String settings) {
        return "http://127.0.0.1:" + pages.getAddress().getPort() + path + "#"
                + URLEncoder.encode(settings, StandardCharsets.UTF_8).replace("+", "%20");
    }

    List<Sent> requests() {
        return sent;
    }

    /** Returns the events that the collector accepted. */
    List<JsonNode> events() {
        List<JsonNode> events = new ArrayList<>();
        for (Sent request : sent) {
            request.body().path("data").forEach(events::add);
        }
        return events;
    }

    List<String> names() {
        return events().stream().map(event -> event.path("se_ac").asString()).toList();
    }

    /** Waits for an event. */
    void await(String name) {
        Awaitility.await().until(() -> names().contains(name));
    }

    @Override
    public void close() {
        pages.stop(0);
        collector.stop(0);
    }
}
