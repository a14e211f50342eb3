package dev.internalevents.gateway;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import tools.jackson.core.exc.StreamConstraintsException;

/** Bodies that are no JSON, or over the limit of spring.jackson.factory.constraints. */
@RestControllerAdvice
class UnreadableBodies {

    @ExceptionHandler
    ResponseEntity<Map<String, String>> unreadable(HttpMessageNotReadableException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamConstraintsException) {
                return answer(HttpStatus.CONTENT_TOO_LARGE, "The body is too large: 1,000,000 characters at most.");
            }
        }
        return answer(HttpStatus.BAD_REQUEST, "The body is not the JSON that this endpoint takes.");
    }

    private static ResponseEntity<Map<String, String>> answer(HttpStatus status, String detail) {
        return ResponseEntity.status(status).body(Map.of("detail", detail));
    }
}
