package dev.internalevents.testkit;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A real HTTP server on a free port of 127.0.0.1 that records events and responds as a test configures. */
public final class FakeCollector implements AutoCloseable {

    private final HttpServer server;
    private final List<TrackerPayload> taken = new CopyOnWriteArrayList<>();
    private final List<Integer> requests = new CopyOnWriteArrayList<>();
    private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
    private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();
    private final Queue<Map<String, String>> retryAfter = new ConcurrentLinkedQueue<>();
    private volatile Function<List<TrackerPayload>, Integer> status = events -> 200;

    /**
     * Starts a collector on a free port.
     *
     * @throws UncheckedIOException if there is none
     */
    public FakeCollector() {
        this(onFreePort());
    }

    /**
     * Starts a collector.
     *
     * @throws IOException if the port is in use
     */
    public FakeCollector(int port) throws IOException {
        this(on(port));
    }

    /** Creates a collector on an existing server that is not started yet. */
    public FakeCollector(HttpServer server) {
        this.server = server;
        server.setExecutor(TestServer.daemons("fake-collector"));
        server.createContext("/", exchange -> {
            TestServer.Request request = TestServer.Request.read(exchange);
            List<TrackerPayload> events = PayloadData.decode(request.body()).stream()
                    .map(entry -> ((PayloadData.Event) entry).payload())
                    .toList();
            headers.add(request.headers());
            requests.add(events.size());
            connections.add(exchange.getRemoteAddress().getPort());
            int answer = status.apply(events);
            if (answer == 200) {
                taken.addAll(events);
            }
            Map<String, String> headers = retryAfter.poll();
            if (headers != null) {
                headers.forEach(exchange.getResponseHeaders()::set);
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    private static HttpServer onFreePort() {
        try {
            return on(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpServer on(int port) throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /**
     * Sets the status with which the server responds to a request with these events; only with 200 are they recorded.
     */
    public void answer(Function<List<TrackerPayload>, Integer> status) {
        this.status = status;
    }

    /** Responds with this status to a request that contains an event with this name, and with 200 to others. */
    public void answerTo(String eventName, int status) {
        answer(events -> events.stream().anyMatch(event -> eventName.equals(event.get("se_ac"))) ? status : 200);
    }

    /** Responds to each request with 200 once the latch is open; until then, requests wait. */
    public void answerAfter(CountDownLatch latch) {
        answer(events -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 200;
        });
    }

    public void nextAnswerHas(String header, String value) {
        retryAfter.add(Map.of(header, value));
    }

    public List<TrackerPayload> taken() {
        return taken;
    }

    public List<String> takenNames() {
        return taken.stream().map(event -> event.get("se_ac")).toList();
    }

    /** Returns how many events each request had, in order of arrival. */
    public List<Integer> requests() {
        return requests;
    }

    /** Returns the headers of each request, in order of arrival. */
    public List<Map<String, List<String>>> headers() {
        return headers;
    }

    /** Returns how many connections were opened. */
    public int connections() {
        return connections.size();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
