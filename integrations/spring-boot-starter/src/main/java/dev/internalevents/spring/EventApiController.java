package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.spring.api.EventApi;
import dev.internalevents.spring.api.EventApiAnswer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The event endpoint for Web MVC. */
@RestController
class EventApiController {

    private static final String CSRF_TOKEN = "org.springframework.security.web.csrf.CsrfToken";

    private final EventApi api;

    EventApiController(EventApi api) {
        this.api = api;
    }

    @PostMapping("${internal-events.api.path:/api/internal-events}")
    ResponseEntity<String> track(HttpServletRequest request) throws IOException {
        Principal caller = request.getUserPrincipal();
        EventApiAnswer refusal = api.refusal(caller, request::getHeader, request.getAttribute(CSRF_TOKEN) != null);
        if (refusal != null || caller == null) {
            return EventApiResponse.of(refusal == null ? EventApi.tooLarge() : refusal);
        }
        byte[] body = request.getInputStream().readNBytes(EventApi.MAX_BODY_BYTES + 1);
        return EventApiResponse.of(
                body.length > EventApi.MAX_BODY_BYTES
                        ? EventApi.tooLarge()
                        : api.track(caller, body, RequestTracking.current()));
    }
}
