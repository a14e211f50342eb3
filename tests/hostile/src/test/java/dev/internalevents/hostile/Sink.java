package dev.internalevents.hostile;

import dev.internalevents.protocol.PayloadData;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A well-behaved collector: decodes requests strictly and counts the events by name. */
final class Sink implements AutoCloseable {

    private final Map<String, Integer> events = new ConcurrentHashMap<>();
    private final TestServer server = TestServer.handling(exchange -> {
        TestServer.Request request = TestServer.Request.read(exchange);
        int answer = this.status;
        if (answer == 200) {
            for (PayloadData.Entry entry : PayloadData.decode(request.body())) {
                String name = ((PayloadData.Event) entry).payload().get("se_ac");
                this.events.merge(String.valueOf(name), 1, Integer::sum);
            }
        }
        TestServer.send(exchange, new TestServer.Response(answer, ""));
    });
    private volatile int status = 200;

    Sink() throws IOException {}

    URI url() {
        return server.url();
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
        server.close();
    }
}
