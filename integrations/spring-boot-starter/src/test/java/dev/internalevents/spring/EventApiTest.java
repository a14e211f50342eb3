package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventListener;
import dev.internalevents.spring.api.EventApiAccess;
import dev.internalevents.testkit.TestFiles;
import dev.internalevents.testkit.TestHttp;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** The event endpoint, in Web MVC and WebFlux, with and without Spring Security. */
class EventApiTest {

    private static final String SIGNED_IN = "X-Test-User";
    private static final String ENABLED = "--internal-events.api.enabled=true";

    /** Bodies that are rejected, and what the answer says. */
    private static final String WRONG = """
            []                                                      | the body must be a JSON object
            {}                                                      | event must be the name
            {"event":7}                                             | event must be the name
            {"event":"askd"}                                        | did you mean \\"asked\\"?
            {"event":"asked","project_id":"7"}                      | project_id must be a whole number
            {"event":"asked","namespace_id":-1}                     | namespace_id must be a whole number
            {"event":"asked","project_id":1.5}                      | project_id must be a whole number
            {"event":"asked","additional_properties":[]}            | additional_properties must be
            {"event":"asked","additional_properties":{"label":1}}   | label must be a text
            {"event":"asked","additional_properties":{"value":"1"}} | value must be a number
            {"event":"asked","send_to_snowplow":1}                  | send_to_snowplow must be true or false
            {"events":[]}                                           | 1 to 50
            {"events":[{"event":"asked"},{"event":1}]}              | events[1].event must be
            {"event":"asked","events":[]}                           | are mutually exclusive
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void define() {
        TestFiles.write(folder, "events/asked.yml", """
                description: A user asked
                internal_events: true
                action: asked
                identifiers: [user, project, namespace]
                additional_properties:
                  label: {description: What about}
                  value: {description: How many}
                  size: {description: The size}
                tiers: [free]
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void an_event_is_tracked_for_the_caller_whatever_headers_say(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type, "allowed")) {
            HttpResponse<String> answer = post(
                    application,
                    """
                    {"event":"asked","namespace_id":3,"project_id":7,
                     "additional_properties":{"label":"l","value":2.5,"size":"XL"},"send_to_snowplow":true}""",
                    Map.of(
                            SIGNED_IN,
                            "ada",
                            "X-Request-ID",
                            "r-1",
                            "X-Gitlab-User-Id",
                            "forged",
                            "X-Gitlab-Global-User-Id",
                            "forged",
                            "X-Gitlab-Project-Id",
                            "99",
                            "X-Gitlab-Tracking-Context",
                            "{\"forged\":1}"));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
            assertThat(tracked(application)).singleElement().satisfies(event -> {
                assertThat(event.name()).isEqualTo("asked");
                assertThat(event.delivery()).isTrue();
                assertThat(event.context().userId()).isEqualTo("id-of-ada");
                assertThat(event.context().projectId()).isEqualTo(7);
                assertThat(event.context().namespaceId()).isEqualTo(3);
                assertThat(event.context().globalUserId()).isNull();
                assertThat(event.context().correlationId()).isEqualTo("r-1");
                assertThat(event.context().extra()).isEmpty();
                assertThat(event.properties().label()).isEqualTo("l");
                assertThat(event.properties().value()).asString().isEqualTo("2.5");
                assertThat(event.properties().extra()).isEqualTo(Map.of("size", "XL"));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void an_event_says_where_and_when_as_those_of_controllers_do(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type, "", ENABLED, "--spring.application.name=shop")) {
            assertThat(post(application, event(), Map.of(SIGNED_IN, "ada", "X-Request-ID", "r-1"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(tracked(application)).singleElement().satisfies(event -> {
                assertThat(event.context().environment()).isEqualTo("production");
                assertThat(event.context().source()).isEqualTo("shop");
                assertThat(event.context().contextGeneratedAt()).isNotNull();
                assertThat(event.context().correlationId()).isEqualTo("r-1");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void fifty_events_are_taken_and_only_counted_unless_told_otherwise(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type, "")) {
            assertThat(post(application, events(50), Map.of(SIGNED_IN, "ada")).statusCode())
                    .isEqualTo(200);
            assertThat(tracked(application))
                    .hasSize(50)
                    .allSatisfy(event -> assertThat(event.delivery()).isFalse())
                    .allSatisfy(event -> assertThat(event.context().userId()).isEqualTo("ada"));
            HttpResponse<String> refused = post(application, events(51), Map.of(SIGNED_IN, "ada"));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("at most 50");
            assertThat(tracked(application)).hasSize(50);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void what_is_wrong_is_answered_in_words_and_nothing_is_tracked(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type, "")) {
            assertWrong(application, "", "the body is not JSON");
            for (String line : WRONG.lines().toList()) {
                String[] bodyAndError = line.split(" +\\| ", 2);
                assertWrong(application, bodyAndError[0], bodyAndError[1]);
            }
            assertThat(post(application, event(), Map.of()).statusCode()).isEqualTo(401);
            for (String other : List.of("text/plain", "application/jsonx", "application/json-patch+json")) {
                assertThat(post(application, event(), Map.of(SIGNED_IN, "ada", "Content-Type", other))
                                .statusCode())
                        .as(other)
                        .isEqualTo(415);
            }
            assertThat(post(application, " ".repeat(300_000), Map.of(SIGNED_IN, "ada"))
                            .statusCode())
                    .isEqualTo(413);
            assertThat(post(application, " ".repeat(300_000), Map.of(SIGNED_IN, "ada", "X-Chunked", "yes"))
                            .statusCode())
                    .isEqualTo(413);
            assertThat(tracked(application)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void a_project_is_taken_only_if_a_bean_allows_it(String type) throws Exception {
        String ofProject = "{\"event\":\"asked\",\"project_id\":8}";
        try (ConfigurableApplicationContext application = run(type, "")) {
            HttpResponse<String> refused = post(application, ofProject, Map.of(SIGNED_IN, "ada"));
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("EventApiAccess");
        }
        try (ConfigurableApplicationContext application = run(type, "allowed")) {
            String both = "{\"events\":[{\"event\":\"asked\",\"project_id\":7}," + ofProject + "]}";
            assertThat(post(application, both, Map.of(SIGNED_IN, "ada")).statusCode())
                    .isEqualTo(403);
            assertThat(tracked(application)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void a_user_has_a_quota_of_his_own(String type) throws Exception {
        try (ConfigurableApplicationContext application =
                run(type, "", ENABLED, "--internal-events.api.events-per-minute=50")) {
            assertThat(post(application, events(50), Map.of(SIGNED_IN, "ada")).statusCode())
                    .isEqualTo(200);
            HttpResponse<String> refused = post(application, events(50), Map.of(SIGNED_IN, "ada"));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(1L, 60L);
            assertThat(post(application, event(), Map.of(SIGNED_IN, "bob")).statusCode())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void without_spring_security_pages_of_other_origins_are_refused(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type, "")) {
            String host = "127.0.0.1:" + application.getEnvironment().getProperty("local.server.port");
            for (Map.Entry<String, String> foreign : List.of(
                    Map.entry("Sec-Fetch-Site", "cross-site"),
                    Map.entry("Sec-Fetch-Site", "same-site"),
                    Map.entry("Origin", "https://evil.example"),
                    Map.entry("Origin", "null"))) {
                HttpResponse<String> refused =
                        post(application, event(), Map.of(SIGNED_IN, "ada", foreign.getKey(), foreign.getValue()));
                assertThat(refused.statusCode()).as("%s", foreign).isEqualTo(403);
            }
            assertThat(tracked(application)).isEmpty();
            for (Map<String, String> own : List.of(
                    Map.of("Sec-Fetch-Site", "same-origin"),
                    Map.of("Origin", "http://" + host),
                    Map.of("Sec-Fetch-Site", "cross-site", "Authorization", "Bearer token"))) {
                Map<String, String> headers = new java.util.TreeMap<>(own);
                headers.put(SIGNED_IN, "ada");
                assertThat(post(application, event(), headers).statusCode())
                        .as("%s", own)
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void with_spring_security_its_caller_and_its_token_count(String type) throws Exception {
        try (ConfigurableApplicationContext application = run(type, "secured")) {
            String basic = "Basic "
                    + java.util.Base64.getEncoder()
                            .encodeToString("ada:pw".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(post(application, event(), Map.of("Authorization", basic))
                            .statusCode())
                    .isEqualTo(403);
            Map<String, String> withToken = Map.of(
                    "Authorization", basic,
                    "Cookie", "XSRF-TOKEN=token-1",
                    "X-XSRF-TOKEN", "token-1",
                    // With Spring Security, pages of other origins are allowed.
                    "Sec-Fetch-Site", "same-site");
            HttpResponse<String> answer = post(application, event(), withToken);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(tracked(application))
                    .singleElement()
                    .satisfies(event -> assertThat(event.context().userId()).isEqualTo("ada"));
            assertThat(post(application, event(), Map.of("Cookie", "XSRF-TOKEN=token-1", "X-XSRF-TOKEN", "token-1"))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void it_is_not_there_unless_it_is_enabled_and_needs_definitions() throws Exception {
        try (ConfigurableApplicationContext application = run("servlet", "", "--internal-events.api.enabled=false")) {
            assertThat(post(application, event(), Map.of(SIGNED_IN, "ada")).statusCode())
                    .isEqualTo(404);
        }
        assertThatThrownBy(() -> new SpringApplication(ServletShop.class)
                        .run(
                                "--server.port=0",
                                "--spring.main.web-application-type=servlet",
                                ENABLED,
                                "--internal-events.api.events-per-minute=49"))
                .hasStackTraceContaining("set internal-events.definitions")
                .hasStackTraceContaining("expected 50 or more");
    }

    private static String event() {
        return "{\"event\":\"asked\"}";
    }

    private static String events(int count) {
        return IntStream.range(0, count).mapToObj(i -> event()).collect(Collectors.joining(",", "{\"events\":[", "]}"));
    }

    private static List<EventDetails> tracked(ConfigurableApplicationContext application) {
        return application.getBean(Tracked.class).events;
    }

    private ConfigurableApplicationContext run(String type, String profile, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--" + RunningApplication.QUIET_PERIOD + "=0s",
                "--logging.level.root=warn",
                "--spring.profiles.active=" + profile,
                "--spring.main.web-application-type=" + type,
                "--internal-events.environment=production",
                "--internal-events.definitions=" + folder));
        all.addAll(arguments.length == 0 ? List.of(ENABLED) : List.of(arguments));
        boolean isSecured = profile.equals("secured");
        Class<?> shop = type.equals("servlet")
                ? isSecured ? SecuredServletShop.class : ServletShop.class
                : isSecured ? SecuredReactiveShop.class : ReactiveShop.class;
        return new SpringApplication(shop).run(all.toArray(String[]::new));
    }

    private static void assertWrong(ConfigurableApplicationContext application, String body, String error)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = post(application, body, Map.of(SIGNED_IN, "ada"));
        assertThat(answer.statusCode()).as(body).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":").contains(error);
    }

    private static HttpResponse<String> post(
            ConfigurableApplicationContext application, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.BodyPublisher known = HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request = Requests.to(application, "/api/internal-events")
                .POST(headers.containsKey("X-Chunked") ? HttpRequest.BodyPublishers.fromPublisher(known) : known);
        if (!headers.containsKey("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        return TestHttp.send(request);
    }

    /** Records what reaches the client. */
    static final class Tracked implements EventListener {

        private final List<EventDetails> events = new CopyOnWriteArrayList<>();

        @Override
        public void tracked(EventDetails event) {
            events.add(event);
        }
    }

    private record Caller(String name) implements Principal {
        @Override
        public String getName() {
            return name;
        }
    }

    private static @Nullable Caller caller(@Nullable String name) {
        return name == null ? null : new Caller(name);
    }

    /** The beans of every kind of application. */
    abstract static class Shop {

        @Bean
        static Tracked tracked() {
            return new Tracked();
        }

        @Bean
        @org.springframework.context.annotation.Profile("allowed")
        static EventApiAccess access() {
            return new EventApiAccess() {
                @Override
                public boolean mayTrack(Principal caller, @Nullable Long namespaceId, @Nullable Long projectId) {
                    return projectId != null && projectId == 7;
                }

                @Override
                public Object userId(Principal caller) {
                    return "id-of-" + caller.getName();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ServletShop extends Shop {

        @Bean
        FilterRegistrationBean<Filter> signIn() {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
                HttpServletRequest http = (HttpServletRequest) request;
                chain.doFilter(
                        new HttpServletRequestWrapper(http) {
                            @Override
                            public @Nullable Principal getUserPrincipal() {
                                return caller(http.getHeader(SIGNED_IN));
                            }
                        },
                        response);
            });
            registration.setOrder(-100);
            return registration;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ReactiveShop extends Shop {

        @Bean
        @Order(-100)
        WebFilter signIn() {
            return (exchange, chain) -> {
                Caller caller = caller(exchange.getRequest().getHeaders().getFirst(SIGNED_IN));
                ServerWebExchange signedIn = caller == null
                        ? exchange
                        : exchange.mutate().principal(Mono.just(caller)).build();
                return chain.filter(signedIn);
            };
        }
    }

    private static UserDetails ada() {
        return User.withUsername("ada").password("{noop}pw").roles("USER").build();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebSecurity
    static class SecuredServletShop extends Shop {

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(ada());
        }

        @Bean
        SecurityFilterChain security(HttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .csrf(csrf -> csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                            .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler()))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebFluxSecurity
    static class SecuredReactiveShop extends Shop {

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(ada());
        }

        @Bean
        SecurityWebFilterChain security(ServerHttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .csrf(csrf -> csrf.csrfTokenRepository(CookieServerCsrfTokenRepository.withHttpOnlyFalse())
                            .csrfTokenRequestHandler(new ServerCsrfTokenRequestAttributeHandler()))
                    .build();
        }
    }
}
