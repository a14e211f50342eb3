package dev.internalevents.gateway;

import dev.internalevents.gateway.model.ModelException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.exc.StreamConstraintsException;

/** Answers errors of callers and models as {@code {"detail": …}}. */
@RestControllerAdvice
class ErrorAnswers {

    @ExceptionHandler
    ResponseEntity<Map<String, String>> refused(ResponseStatusException e) {
        return answer(e.getStatusCode(), e.getReason());
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> noAnswer(ModelException e) {
        return answer(HttpStatus.BAD_GATEWAY, e.getMessage());
    }

    /** Answers a body that is not JSON, or that exceeds the limit of spring.jackson.factory.constraints. */
    @ExceptionHandler
    ResponseEntity<Map<String, String>> unreadable(HttpMessageNotReadableException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamConstraintsException) {
                return answer(HttpStatus.CONTENT_TOO_LARGE, "The body is too large: 1,000,000 characters at most.");
            }
        }
        return answer(HttpStatus.BAD_REQUEST, "The body is not the JSON that this endpoint expects.");
    }

    private static ResponseEntity<Map<String, String>> answer(HttpStatusCode status, @Nullable String detail) {
        return ResponseEntity.status(status).body(Map.of("detail", String.valueOf(detail)));
    }
}
