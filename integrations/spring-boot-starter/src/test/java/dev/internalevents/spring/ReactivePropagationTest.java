package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@ExtendWith(OutputCaptureExtension.class)
class ReactivePropagationTest {

    @AfterEach
    void reset() {
        Hooks.disableAutomaticContextPropagation();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "auto", "AUTO"})
    void is_on_unless_the_application_says_otherwise(String mode, CapturedOutput output) throws Exception {
        Hooks.disableAutomaticContextPropagation();
        try (RunningApplication application = RunningApplication.start("reactive", Shop.class, arguments(mode))) {
            assertThat(application.get("/")).isEqualTo("saas saas");
            assertThat(output.getOut()).doesNotContain("context-propagation");
        }
    }

    @Test
    void stays_off_where_the_application_limits_it_and_a_warning_says_what_is_missing(CapturedOutput output)
            throws Exception {
        Hooks.disableAutomaticContextPropagation();
        try (RunningApplication application = RunningApplication.start("reactive", Shop.class, arguments("limited"))) {
            assertThat(Hooks.isAutomaticContextPropagationEnabled()).isFalse();
            assertThat(application.get("/")).isEqualTo("null null");
            assertThat(output.getOut())
                    .containsOnlyOnce("spring.reactor.context-propagation is limited: events tracked in Reactor's"
                            + " operators have no request context");
        }
    }

    @Test
    void is_left_alone_where_the_middleware_is_off() {
        Hooks.disableAutomaticContextPropagation();
        try (RunningApplication application =
                RunningApplication.start("reactive", Shop.class, "--internal-events.middleware.enabled=false")) {
            assertThat(Hooks.isAutomaticContextPropagationEnabled()).isFalse();
        }
    }

    private static String[] arguments(String mode) {
        return mode.isEmpty() ? new String[0] : new String[] {"--spring.reactor.context-propagation=" + mode};
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class Shop {

        @GetMapping("/")
        Mono<String> page() {
            String assembled = String.valueOf(EventContext.current().realm());
            return Mono.fromCallable(
                            () -> assembled + " " + EventContext.current().realm())
                    .subscribeOn(Schedulers.boundedElastic());
        }
    }
}
