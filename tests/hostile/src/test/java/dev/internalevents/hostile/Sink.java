package dev.internalevents.hostile;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** A well-behaved collector: decodes requests strictly and counts the events by name. */
final class Sink implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, Integer> events = new ConcurrentHashMap<>();
    private volatile int status = 200;

    Sink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "sink");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            int answer = status;
            if (answer == 200) {
                for (PayloadData.Entry entry : PayloadData.decode(body)) {
                    String name = ((PayloadData.Event) entry).payload().get("se_ac");
                    events.merge(String.valueOf(name), 1, Integer::sum);
                }
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Sets the status with which requests are answered. With 200, their events are counted. */
    void answer(int status) {
        this.status = status;
    }

    int total() {
        return events.values().stream().mapToInt(Integer::intValue).sum();
    }

    int named(String name) {
        return events.getOrDefault(name, 0);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
