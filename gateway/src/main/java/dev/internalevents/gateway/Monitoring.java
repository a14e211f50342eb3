package dev.internalevents.gateway;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.gateway.tracking.TrackedModel;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints for operators and for GitLab. The middleware and the access log skip exactly these paths. */
@RestController
class Monitoring {

    private final InternalEventsClient internalEvents;
    private final TrackedModel model;

    Monitoring(InternalEventsClient internalEvents, TrackedModel model) {
        this.internalEvents = internalEvents;
        this.model = model;
    }

    /** Returns whether the gateway is up. */
    @GetMapping("/monitoring/healthz")
    Map<String, String> healthz() {
        return Map.of("status", "ok");
    }

    /** Returns whether it accepts requests. */
    @GetMapping("/monitoring/ready")
    Map<String, String> ready() {
        return Map.of("status", "ok");
    }

    /** Returns the event counters in Prometheus format. All other metrics are at {@code /actuator/metrics}. */
    @GetMapping(path = "/metrics", produces = "text/plain;version=0.0.4;charset=utf-8")
    String metrics() {
        ClientStats stats = internalEvents.stats();
        return counter("tracked", stats.tracked())
                + counter("delivered", stats.delivered())
                + counter("rejected", stats.rejected())
                + counter("dropped", stats.dropped());
    }

    /** Returns the model and the unit primitives it serves. */
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
