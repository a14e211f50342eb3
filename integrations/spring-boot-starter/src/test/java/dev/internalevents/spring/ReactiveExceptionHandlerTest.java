package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.RequestTracking;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Exception handlers of WebFlux run outside of all filters, and still have the request's context. */
class ReactiveExceptionHandlerTest {

    @AfterEach
    void reset() {
        Hooks.disableAutomaticContextPropagation();
    }

    @ParameterizedTest
    @CsvSource({
        "/at_once, '', saas saas same",
        "/later, '', saas saas same",
        "/not_there, '', saas saas same",
        "/base/at_once, /base, saas saas same",
        "/skipped, '', null null none"
    })
    void an_exception_handler_has_the_requests_context(String path, String basePath, String expected) throws Exception {
        try (RunningApplication application = RunningApplication.start(
                "reactive", Shop.class, "--spring.webflux.base-path=" + basePath, "--logging.level.root=off")) {
            for (int i = 0; i < 3; i++) {
                assertThat(application.get(path)).isEqualTo(expected);
            }
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class Shop {

        @GetMapping({"/at_once", "/skipped"})
        Mono<String> atOnce() {
            throw new IllegalStateException("at once");
        }

        @GetMapping("/later")
        Mono<String> later() {
            return Mono.<String>error(() -> new IllegalStateException("later"))
                    .subscribeOn(Schedulers.boundedElastic());
        }

        /** Runs before Spring Boot's own handler. */
        @Bean
        @Order(-2)
        WebExceptionHandler answering() {
            return (exchange, failure) -> {
                String atOnce = EventContext.current().realm();
                Object names = exchange.getAttribute(InternalEventWebFilter.TRACKED_INTERNAL_EVENTS);
                RequestTracking current = RequestTracking.current();
                String tracking =
                        current == null ? "none" : current.trackedEvents().equals(names) ? "same" : "another";
                ServerHttpResponse response = exchange.getResponse();
                return response.writeWith(Mono.fromCallable(
                                () -> atOnce + " " + EventContext.current().realm() + " " + tracking)
                        .subscribeOn(Schedulers.boundedElastic())
                        .map(text -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
            };
        }
    }
}
