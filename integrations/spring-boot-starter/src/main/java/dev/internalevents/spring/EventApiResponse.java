package dev.internalevents.spring;

import dev.internalevents.spring.api.EventApiAnswer;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Turns what the event endpoint answers into a response of Web MVC or WebFlux. */
final class EventApiResponse {

    private EventApiResponse() {}

    static ResponseEntity<String> of(EventApiAnswer answer) {
        ResponseEntity.BodyBuilder response = ResponseEntity.status(answer.status());
        answer.headers().forEach(response::header);
        return answer.body().isEmpty()
                ? response.build()
                : response.contentType(MediaType.APPLICATION_JSON).body(answer.body());
    }
}
