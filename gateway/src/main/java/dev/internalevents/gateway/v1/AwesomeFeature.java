package dev.internalevents.gateway.v1;

import dev.internalevents.client.InternalEventsClient;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The example from the documentation: an endpoint, and the single line that tracks it. */
@RestController
class AwesomeFeature {

    private final InternalEventsClient internalEvents;

    AwesomeFeature(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    @PostMapping("/v1/awesome_feature")
    Map<String, String> awesomeFeature() {
        // Sends the event "request_awesome_feature" with the context of this request.
        internalEvents.trackEvent("request_awesome_feature");
        return Map.of("response", "awesome");
    }
}
