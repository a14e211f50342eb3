package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.Http;
import dev.internalevents.cli.options.Port;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Starts a collector and the example service, and sends a first event. */
@Command(
        name = "demo",
        description = {
            "Run a collector and the example service, and send a first event.",
            "The event is printed as the collector stored it after validation."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events demo           keeps running: open the dashboard and send more",
            "  internal-events demo --once    prints the event and exits",
            "  internal-events demo --port 9092 --gateway-port 5053"
        })
public final class DemoCommand implements Callable<Integer> {

    private static final int COLLECTOR_PORT = 9091;
    private static final int GATEWAY_PORT = 5052;
    private static final long START_MILLIS = 60_000;
    private static final long EVENT_MILLIS = 30_000;
    private static final long LOOK_MILLIS = 100;
    private static final JsonMapper JSON = JsonMapper.shared();

    @Mixin
    private Console console = new Console();

    @Option(names = "--once", description = "Print the event and exit.")
    private boolean once;

    @Option(
            names = "--port",
            paramLabel = "N",
            converter = Port.class,
            description = "Port of the collector; default: 9091, or a free one if that is in use.")
    private @Nullable Integer port;

    @Option(
            names = "--gateway-port",
            paramLabel = "N",
            converter = Port.class,
            description = "Port of the example service; default: 5052, or a free one if that is in use.")
    private @Nullable Integer gatewayPort;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = console.out();
        int collectorPort = port == null ? freeOr(COLLECTOR_PORT) : free("--port", port);
        int servicePort = gatewayPort == null ? freeOr(GATEWAY_PORT) : free("--gateway-port", gatewayPort);
        String service = "http://127.0.0.1:" + servicePort;
        try (Collector collector = Collector.start(CollectorSettings.micro()
                .port(collectorPort)
                .dictionary(GatewayProcess.definitions())
                .build())) {
            say(out, "Collector    " + collector.url());
            say(out, "Service      " + service + "  (starting)");
            try (GatewayProcess gateway =
                    GatewayProcess.start(List.of("--server.port=" + servicePort), environment(collector.url()))) {
                awaitService(gateway, service);
                Map<String, String> headers = headers();
                say(out, "");
                say(out, "curl -X POST " + service + "/v1/awesome_feature \\");
                headers.forEach((name, value) -> say(out, "  -H '" + name + ": " + value + "' \\"));
                say(out, "  -d '{}'");
                say(out, "");
                Http.post(service + "/v1/awesome_feature", "{}", headers);
                JsonNode event = awaitEvent(collector.url());
                say(out, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(withoutNulls(event)));
                say(out, "");
                String untilNow = once ? "  (stops now; without --once it keeps running)" : "";
                say(out, "Dashboard    " + collector.url() + "/micro/ui" + untilNow);
                say(out, "Metrics      " + collector.url() + "/micro/ui#show=metrics" + untilNow);
                if (!once) {
                    say(out, "Send more events with the command above. Ctrl-C stops everything.");
                    new CountDownLatch(1).await();
                }
            }
        }
        return 0;
    }

    /** Returns the event without its null fields, which are most of them. */
    static JsonNode withoutNulls(JsonNode event) {
        JsonNode copy = event.deepCopy();
        removeNulls(copy);
        return copy;
    }

    private static void removeNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.removeNulls();
        }
        node.forEach(DemoCommand::removeNulls);
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }

    private static Map<String, String> environment(String collector) {
        return Map.of(
                "AIGW_INTERNAL_EVENT__ENABLED", "true",
                "AIGW_INTERNAL_EVENT__ENDPOINT", collector,
                "AIGW_INTERNAL_EVENT__BATCH_SIZE", "1",
                "AIGW_INTERNAL_EVENT__THREAD_COUNT", "1",
                "AIGW_SNOWPLOW__ENABLED", "true",
                "AIGW_SNOWPLOW__ENDPOINT", collector,
                "AIGW_ENVIRONMENT", "development");
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Gitlab-Realm", "saas");
        headers.put("X-Gitlab-Host-Name", "gitlab.com");
        headers.put("X-Gitlab-Instance-Id", "ea8bf810-1d6f-4a6a-b4fd-93e8cbd8b57f");
        headers.put("X-Gitlab-Version", "18.1.0");
        headers.put("X-Gitlab-Global-User-Id", "bc6mNHNbWhqJ2Ydd2pSDLyVTC0ZHTqDOTKbWWNYRTlM=");
        headers.put("X-Gitlab-Is-Team-Member", "yes");
        headers.put("X-Gitlab-Feature-Enabled-By-Namespace-Ids", "9970, 42");
        return headers;
    }

    private static void awaitService(GatewayProcess gateway, String service) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_MILLIS * 1_000_000;
        while (!Http.isUp(service + "/monitoring/healthz")) {
            if (!gateway.isAlive()) {
                throw new IOException("the example service exited during start-up; see its messages above");
            }
            if (System.nanoTime() > end) {
                throw new IOException("the example service did not answer within a minute at " + service);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private static JsonNode awaitEvent(String collector) throws IOException, InterruptedException {
        long end = System.nanoTime() + EVENT_MILLIS * 1_000_000;
        while (true) {
            JsonNode good = JSON.readTree(Http.get(collector + "/micro/good").body());
            if (!good.isEmpty()) {
                return good.get(0);
            }
            JsonNode bad = JSON.readTree(Http.get(collector + "/micro/bad").body());
            if (!bad.isEmpty()) {
                throw new IOException("the event failed: " + bad.get(0).path("errors"));
            }
            if (System.nanoTime() > end) {
                throw new IOException("no event arrived within " + EVENT_MILLIS / 1000 + " seconds");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Checks that the requested port is free and returns it; for 0, returns any free port. */
    private int free(String option, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw console.wrongUsage(option + ": port " + port + " is in use; expected a free one", e);
        }
    }

    /** Returns the usual port or, if it is in use, a free one, so that the demo always starts. */
    private int freeOr(int usual) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), usual));
            return usual;
        } catch (IOException e) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                say(console.out(), "Port " + usual + " is in use; using " + socket.getLocalPort() + " instead.");
                return socket.getLocalPort();
            }
        }
    }
}
