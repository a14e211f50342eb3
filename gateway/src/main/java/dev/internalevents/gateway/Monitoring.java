package dev.internalevents.gateway;

import dev.internalevents.client.ClientStats;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What operators and GitLab ask the gateway; the middleware and the access log skip exactly these paths. */
@RestController
class Monitoring {

    private final InternalEventsClient internalEvents;
    private final TrackedModel model;

    Monitoring(InternalEventsClient internalEvents, TrackedModel model) {
        this.internalEvents = internalEvents;
        this.model = model;
    }

    /** Whether the gateway serves requests. */
    @GetMapping("/monitoring/healthz")
    Map<String, String> healthz() {
        return Map.of("status", "ok");
    }

    /** Whether it takes more of them. */
    @GetMapping("/monitoring/ready")
    Map<String, String> ready() {
        return Map.of("status", "ok");
    }

    /** What became of the events, as Prometheus reads it. All other metrics are at {@code /actuator/metrics}. */
    @GetMapping(path = "/metrics", produces = "text/plain;version=0.0.4;charset=utf-8")
    String metrics() {
        ClientStats stats = internalEvents.stats();
        return counter("tracked", stats.tracked())
                + counter("delivered", stats.delivered())
                + counter("rejected", stats.rejected())
                + counter("dropped", stats.dropped());
    }

    /** The model, and what it is used for. */
    @GetMapping("/v1/models/definitions")
    Map<String, Object> models() {
        Map<String, Object> only =
                Map.of("name", model.name(), "identifier", model.name(), "provider", model.provider());
        return Map.of(
                "models",
                List.of(only),
                "unit_primitives",
                Arrays.stream(UnitPrimitive.values()).map(UnitPrimitive::id).toList());
    }

    private static String counter(String name, long value) {
        String metric = "internal_events_" + name + "_total";
        return "# TYPE " + metric + " counter\n" + metric + " " + value + "\n";
    }
}
