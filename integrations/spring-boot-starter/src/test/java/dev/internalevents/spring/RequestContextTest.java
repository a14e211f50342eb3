package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.testkit.Failures;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** The id of a request, its verified claims, and what its headers lack, in Web MVC and WebFlux. */
@ExtendWith(OutputCaptureExtension.class)
class RequestContextTest {

    private static final String ID = "X-Request-ID";

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void every_answer_has_the_id_of_the_context_once(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type)) {
            for (String path : List.of("/context", "/failing", "/nothing-here")) {
                HttpResponse<String> given = Requests.get(application, path, Map.of(ID, "my-request.1"));
                assertThat(given.headers().allValues(ID)).containsExactly("my-request.1");
                HttpResponse<String> made = Requests.get(application, path, Map.of(ID, "not usable"));
                assertThat(made.headers().allValues(ID)).hasSize(1).allMatch(id -> id.matches("[0-9a-f]{32}"));
                if (path.equals("/context")) {
                    assertThat(given.body()).startsWith("my-request.1 my-request.1 ");
                    String id = made.headers().firstValue(ID).orElseThrow();
                    assertThat(made.body()).startsWith(id + " " + id + " ");
                }
            }
            assertThat(Requests.get(application, "/own-id", Map.of(ID, "r"))
                            .headers()
                            .allValues(ID))
                    .containsExactly("its own");
            assertThat(Requests.get(application, "/skipped", Map.of(ID, "r"))
                            .headers()
                            .allValues(ID))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void claims_of_the_authenticated_caller_go_before_headers(String type) throws Exception {
        Map<String, String> headers =
                Map.of(ID, "r", "X-Gitlab-Realm", "self-managed", "X-Gitlab-Root-Namespace-Id", "888");
        try (ConfigurableApplicationContext application = run(type)) {
            assertThat(Requests.get(application, "/context", with(headers, "Authorization", "Bearer right"))
                            .body())
                    .isEqualTo("r r saas 42 uid");
            assertThat(Requests.get(application, "/context", headers).body()).isEqualTo("r r self-managed 888 null");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void claims_that_cannot_be_read_are_left_out(String type, CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext application = run(type)) {
            for (String token : List.of("broken", "broken-error", "broken-service", "broken-checked")) {
                HttpResponse<String> answer =
                        Requests.get(application, "/context", Map.of(ID, "r", "Authorization", "Bearer " + token));

                assertThat(answer.body()).as(token).isEqualTo("r r null null null");
            }
            assertThat(output).contains("the verified claims of a request could not be read and are left out");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void what_a_request_lacks_is_logged_if_a_property_says_so(String type, CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext application = run(type)) {
            Requests.get(application, "/context", Map.of());
        }
        assertThat(output).doesNotContain("is missing in the context");
        try (ConfigurableApplicationContext application = run(type, "--internal-events.report-missing-fields=true")) {
            Requests.get(application, "/context?secret", Map.of(ID, "r", "Authorization", "Bearer right"));
            await().until(() -> output.getAll().contains("deployment_type is missing"));

            assertThat(output)
                    .contains("host_name is missing in the context of a request: no valid header X-Gitlab-Host-Name"
                            + " (path /context, correlation id r)")
                    .doesNotContain("unique_instance_id is missing", "realm is missing", "secret");
        }
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(name, value);
        return all;
    }

    private static ConfigurableApplicationContext run(String type, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--internal-events.middleware.skip-paths=/skipped",
                "--spring.main.banner-mode=off",
                "--" + RunningApplication.QUIET_PERIOD + "=0s",
                "--logging.level.root=warn",
                "--spring.main.web-application-type=" + type));
        all.addAll(List.of(arguments));
        return new SpringApplication(type.equals("servlet") ? ServletShop.class : ReactiveShop.class)
                .run(all.toArray(String[]::new));
    }

    /** A caller as named by the application's own authentication. */
    private record Caller(String token) implements Principal {

        static @Nullable Caller of(@Nullable String authorization) {
            return authorization == null ? null : new Caller(authorization.substring("Bearer ".length()));
        }

        @Override
        public String getName() {
            return token;
        }
    }

    /** Endpoints of both kinds of application. */
    abstract static class Shop {

        @Bean
        static VerifiedClaimsSource verifiedClaims() {
            return (principal, authorization) -> {
                switch (principal instanceof Caller caller ? caller.token() : "") {
                    case "broken" -> throw new IllegalStateException("not a token");
                    case "broken-error" -> throw new Error("not a token");
                    case "broken-service" -> throw new ServiceConfigurationError("not a token");
                    case "broken-checked" -> Failures.raise(new IOException("not a token"));
                    default -> {}
                }
                return principal == null ? null : new VerifiedClaims("saas", 42L, "uid", false);
            };
        }

        String context(@Nullable Object attribute) {
            EventContext context = EventContext.current();
            return attribute + " " + context.correlationId() + " " + context.realm() + " "
                    + context.ultimateParentNamespaceId() + " " + context.uniqueInstanceId();
        }

        @GetMapping("/failing")
        String failing() {
            throw new IllegalStateException("failing");
        }

        @GetMapping("/own-id")
        ResponseEntity<String> ownId() {
            return ResponseEntity.ok().header(ID, "its own").body("");
        }

        @GetMapping("/skipped")
        String skipped() {
            return String.valueOf(RequestTracking.current());
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class ServletShop extends Shop {

        /** At the position of Spring Security's filters. */
        @Bean
        FilterRegistrationBean<Filter> authentication() {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
                Caller caller = Caller.of(((HttpServletRequest) request).getHeader("Authorization"));
                chain.doFilter(
                        new HttpServletRequestWrapper((HttpServletRequest) request) {
                            @Override
                            public @Nullable Principal getUserPrincipal() {
                                return caller;
                            }
                        },
                        response);
            });
            registration.setOrder(-100);
            return registration;
        }

        @GetMapping("/context")
        String context(HttpServletRequest request) {
            return context(request.getAttribute("correlation_id"));
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class ReactiveShop extends Shop {

        @Bean
        @Order(-100)
        WebFilter authentication() {
            return (exchange, chain) -> {
                Caller caller = Caller.of(exchange.getRequest().getHeaders().getFirst("Authorization"));
                return chain.filter(
                        exchange.mutate().principal(Mono.justOrEmpty(caller)).build());
            };
        }

        @GetMapping("/context")
        Mono<String> context(ServerWebExchange exchange) {
            return Mono.fromSupplier(() -> context(exchange.getAttributes().get("correlation_id")));
        }
    }
}
