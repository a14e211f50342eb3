package dev.internalevents.iglu;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.protocol.SchemaKey;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry over HTTP; the name of a schema determines the response. Any other name gets the common status. */
final class RegistryServer implements AutoCloseable {

    static final String SCHEMA = "{\"type\":\"object\"}";

    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    /** The number of connections closed by the client during a slow response. */
    final AtomicInteger gone = new AtomicInteger();

    volatile int status = 404;
    volatile String location = "";
    volatile String apiKey = "";

    private final AtomicInteger now = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    RegistryServer() throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    RegistryServer(InetSocketAddress address) throws IOException {
        server = HttpServer.create(address, 200);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    static SchemaKey key(String name) {
        return SchemaKey.of("com.acme", name, "1-0-0");
    }

    URI uri() {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort());
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        try (exchange) {
            String sent = exchange.getRequestHeaders().getFirst("apikey");
            apiKey = sent == null ? "" : sent;
            answer(exchange, exchange.getRequestURI().getPath());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits before the response, and records how many requests wait at once. */
    private void work(long millis) throws InterruptedException {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        over.await(millis, TimeUnit.MILLISECONDS);
        now.decrementAndGet();
    }

    private void answer(HttpExchange exchange, String path) throws IOException, InterruptedException {
        String[] parts = path.split("/", -1);
        String name = parts.length > 3 ? parts[3] : "";
        if (name.startsWith("good")) {
            send(exchange, 200, SCHEMA);
        } else if (name.startsWith("slow")) {
            work(50);
            send(exchange, 404, "");
        } else if (name.startsWith("status")) {
            send(exchange, Integer.parseInt(name.substring(6, 9)), "");
        } else if (name.equals("html")) {
            send(exchange, 200, "<html>Sign in</html>");
        } else if (name.equals("latin")) {
            send(exchange, 200, "{\"title\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
        } else if (name.equals("huge")) {
            send(exchange, 200, "\"" + "x".repeat(HttpRegistry.MAX_BYTES) + "\"");
        } else if (name.equals("circle")) {
            redirect(exchange, path);
        } else if (name.startsWith("hops")) {
            int hops = Integer.parseInt(name.substring(4));
            redirect(exchange, "/schemas/com.acme/" + (hops == 1 ? "good" : "hops" + (hops - 1)) + "/x");
        } else if (name.equals("elsewhere")) {
            redirect(exchange, location);
        } else if (name.startsWith("silent")) {
            over.await();
        } else if (name.equals("half")) {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write("{".getBytes(StandardCharsets.UTF_8));
        } else if (name.startsWith("drip")) {
            drip(exchange);
        } else {
            work(5);
            send(exchange, status, status == 200 ? SCHEMA : "");
        }
    }

    private void drip(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, 1_000_000);
        OutputStream body = exchange.getResponseBody();
        try {
            while (!over.await(100, TimeUnit.MILLISECONDS)) {
                body.write(' ');
                body.flush();
            }
        } catch (IOException e) {
            gone.incrementAndGet();
            throw e;
        }
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        send(exchange, 302, "");
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
