package dev.internalevents.gateway;

import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the gateway serves requests; skipped by the middleware. */
@RestController
class Monitoring {

    @GetMapping("/monitoring/healthz")
    Map<String, String> healthz() {
        return Map.of("status", "ok");
    }
}
