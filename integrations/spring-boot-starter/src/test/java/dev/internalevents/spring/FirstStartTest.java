package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.client.settings.DeliverySettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.testkit.TestFiles;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks what a Spring application sends, logs and rejects when it starts. */
@ExtendWith(OutputCaptureExtension.class)
class FirstStartTest {

    @TempDir
    private Path folder;

    @AutoClose
    private TestServer collector;

    @BeforeEach
    void start() throws IOException {
        collector = TestServer.responding(200, "");
    }

    /** Returns the headers of the first request that the collector received. */
    private Map<String, List<String>> headers() {
        return collector.requests().get(0).headers();
    }

    /** Returns the body of the first request that the collector received. */
    private JsonNode body() {
        return JsonMapper.shared().readTree(collector.requests().get(0).text());
    }

    @Test
    void switched_off_is_the_default_and_the_log_says_how_to_switch_it_on(CapturedOutput output) {
        run(Plain.class).close();

        assertThat(linesOf(output))
                .containsExactly("Internal events are switched off and not sent; to send them, set"
                        + " internal-events.enabled=true and internal-events.endpoint to the collector's URL (or"
                        + " AIGW_INTERNAL_EVENT__ENABLED and AIGW_INTERNAL_EVENT__ENDPOINT)");
    }

    @Test
    void switched_off_with_definitions_still_checks_and_says_so(CapturedOutput output) throws IOException {
        try (ConfigurableApplicationContext application =
                run(Plain.class, "internal-events.definitions=" + definitions("events/asked.yml"))) {
            assertThat(details(application)).containsEntry("enabled", false);
        }

        assertThat(linesOf(output))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("Internal events are switched off: they are checked in this process, but not sent");
    }

    @Test
    void health_tells_an_application_that_sends_from_one_that_does_not() {
        try (ConfigurableApplicationContext application = sending()) {
            assertThat(details(application)).containsEntry("enabled", true);
        }
        try (ConfigurableApplicationContext application = run(Plain.class)) {
            assertThat(details(application)).containsEntry("enabled", false);
        }
    }

    @Test
    void the_name_and_the_profiles_of_the_application_are_its_defaults(CapturedOutput output) {
        try (ConfigurableApplicationContext application =
                sending("spring.application.name=shop", "spring.profiles.active=local")) {
            track(application);
        }

        assertThat(body().at("/data/0/aid").asString()).isEqualTo("shop");
        assertThat(body().at("/data/0/tna").asString()).isEqualTo("internal-events");
        assertThat(context().path("source").asString()).isEqualTo("shop");
        assertThat(context().path("environment").asString()).isEqualTo("development");
        assertThat(linesOf(output))
                .containsExactly("Internal events are sent to " + collector.url() + " as app id \"shop\""
                        + " (spring.application.name), environment \"development\" (profile local), and queued in"
                        + " memory");
    }

    @Test
    void an_application_without_a_name_and_without_profiles_learns_what_to_set(CapturedOutput output) {
        sending("internal-events.outbox-dir=" + folder.resolve("outbox")).close();

        assertThat(linesOf(output))
                .containsExactly("Internal events are sent to " + collector.url()
                        + " as app id \"unknown_service\" (the default;"
                        + " set spring.application.name or internal-events.app-id), environment \"production\" (the"
                        + " default, because no profile of local, dev, development, test, staging is active; set"
                        + " internal-events.environment or AIGW_ENVIRONMENT), and queued in the outbox "
                        + folder.resolve("outbox"));
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "dev | development",
                "development | development",
                "test | test",
                "staging | staging",
                "prod | production",
                "eu,metrics | production",
                "dev,eu | development",
                "dev,test | test",
            },
            delimiter = '|')
    void profiles_stand_for_an_environment(String profiles, String environment) {
        try (ConfigurableApplicationContext application = run(Plain.class, "spring.profiles.active=" + profiles)) {
            assertThat(application.getBean(InternalEventSettings.class).environment())
                    .isEqualTo(environment);
        }
    }

    @Test
    void the_default_profile_counts_while_none_is_active() {
        try (ConfigurableApplicationContext application = run(Plain.class, "spring.profiles.default=dev")) {
            assertThat(application.getBean(InternalEventSettings.class).environment())
                    .isEqualTo("development");
        }
    }

    @Test
    void what_is_set_goes_before_the_name_and_the_profiles(CapturedOutput output) {
        try (ConfigurableApplicationContext application = sending(
                "spring.application.name=shop",
                "spring.profiles.active=dev",
                "internal-events.app-id=checkout",
                "internal-events.source=till",
                "internal-events.environment=staging")) {
            track(application);
        }

        assertThat(body().at("/data/0/aid").asString()).isEqualTo("checkout");
        assertThat(context().path("source").asString()).isEqualTo("till");
        assertThat(context().path("environment").asString()).isEqualTo("staging");
        assertThat(linesOf(output))
                .singleElement()
                .asString()
                .contains("as app id \"checkout\", environment \"staging\", and");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   "})
    void a_blank_source_is_no_source(String blank) {
        try (ConfigurableApplicationContext application =
                sending("spring.application.name=shop", "internal-events.source=" + blank)) {
            track(application);
        }

        assertThat(context().path("source").asString()).isEqualTo("shop");
    }

    @Test
    void a_long_name_is_cut_to_what_the_schemas_allow(CapturedOutput output) {
        String name = "🛒".repeat(300);
        try (ConfigurableApplicationContext application = sending("spring.application.name=" + name)) {
            track(application);
        }

        assertThat(body().at("/data/0/aid").asString()).isEqualTo("🛒".repeat(255));
        assertThat(context().path("source").asString()).isEqualTo("🛒".repeat(32));
        assertThat(output.getOut()).containsOnlyOnce("is longer than 32 characters and was cut");
    }

    @Test
    void customizers_see_what_the_properties_set_and_the_last_one_decides() {
        try (ConfigurableApplicationContext application = sending(Customized.class, "internal-events.app-id=shop")) {
            track(application);
            assertThat(application.getBean(Customized.class).delivered).containsExactly("asked");
        }

        assertThat(headers()).containsEntry("X-order", List.of("second"));
        assertThat(body().at("/data/0/aid").asString()).isEqualTo("shop");
    }

    @Test
    void plain_settings_are_properties() {
        try (ConfigurableApplicationContext application = sending(
                "internal-events.headers.X-Api-Key=key",
                "internal-events.compression=none",
                "internal-events.connect-timeout=2s",
                "internal-events.read-timeout=3s",
                "internal-events.close-timeout=4s",
                "internal-events.linger=10ms",
                "internal-events.queue-capacity=100",
                "internal-events.queue-bytes=1MB",
                "internal-events.max-request-bytes=100KB",
                "internal-events.back-off.first=50ms",
                "internal-events.back-off.most=1s",
                "internal-events.when-full=block",
                "internal-events.block-timeout=100ms",
                "internal-events.outbox-dir=" + folder.resolve("outbox"),
                "internal-events.outbox-bytes=32MB",
                "internal-events.outbox-durability=interval",
                "internal-events.outbox-interval=100ms")) {
            track(application);
        }

        assertThat(headers()).containsEntry("X-api-key", List.of("key"));
        assertThat(folder.resolve("outbox")).isNotEmptyDirectory();
    }

    @Test
    void a_proxy_and_a_folder_to_spill_to_are_properties() {
        try (ConfigurableApplicationContext application = sending(
                "internal-events.endpoint=http://collector.invalid",
                "internal-events.proxy=127.0.0.1:" + collector.port(),
                "internal-events.when-full=spill",
                "internal-events.spill-dir=" + folder.resolve("spill"))) {
            track(application);
        }

        assertThat(headers()).containsEntry("Host", List.of("collector.invalid"));
    }

    @Test
    void wrong_keys_of_redis_are_said_with_file_and_line(CapturedOutput output) throws IOException {
        Path keys = Files.writeString(folder.resolve("keys.yml"), "a: b\nc: 5\n");

        for (String file : List.of(keys.toString(), folder.resolve("none.yml").toString())) {
            assertThatThrownBy(() -> sending(
                    "internal-events.definitions=" + definitions("events/asked.yml"),
                    "internal-events.counting=redis://127.0.0.1:1",
                    "internal-events.redis-key-overrides=" + file));
        }

        assertReport(output, "internal-events.redis-key-overrides: " + keys + ":2: c: expected the older key");
        assertReport(output, "internal-events.redis-key-overrides: cannot be read: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            queue-capacity=0                         | internal-events.queue-capacity: 0 is not a whole number of 1 or more
            linger=-1s                               | internal-events.linger: -1s is negative
            when-full=block                          | internal-events.when-full: "block" needs internal-events.block-timeout
            when-full=spill                          | internal-events.when-full: "spill" needs internal-events.spill-dir
            outbox-durability=interval               | internal-events.outbox-durability: "interval" needs internal-events.outbox-interval
            outbox-bytes=1MB                         | internal-events.outbox-bytes: 1MB is too small; expected 16MB or more
            max-request-bytes=4GB                    | internal-events.max-request-bytes: 4GB is out of range; expected 1000B to 1GB
            max-request-bytes=2GB                    | internal-events.max-request-bytes: 2GB is out of range; expected 1000B to 1GB
            max-request-bytes=1B                     | internal-events.max-request-bytes: 1B is out of range; expected 1000B to 1GB
            queue-bytes=0                            | internal-events.queue-bytes: 0B is too small; expected 64KB or more
            middleware.skip-paths=/health,monitoring | internal-events.middleware.skip-paths: "monitoring" does not start with a slash
            proxy=me:secret@proxy:1                  | internal-events.proxy: a user and a password are set in code, by an InternalEventsClientCustomizer; expected for example proxy.example:3128
            proxy=http://proxy:1                     | internal-events.proxy: "http://proxy:1" is not a host and a port; expected for example
            ssl.bundle=none                          | internal-events.ssl.bundle: SSL bundle name 'none' cannot be found
            batch-size=0                             | internal-events.batch-size: "0" is not a whole number of 1 or more
            endpoint=ftp://collector                 | internal-events.endpoint: "ftp://collector" is not an http or https URL
            counting=redis://:secret@[               | internal-events.counting: not a valid Redis URL
            counting=postgresql://me:secret@db/count | internal-events.counting: the address contains a password, which would appear in lists of processes
            counting=postgresql://db/count?ssl=true  | internal-events.counting: the parameter "ssl" is not supported; expected one of sslmode, sslrootcert,
            redis-key-overrides=keys.yml             | internal-events.redis-key-overrides: counting is not in Redis; set internal-events.counting to
            counting-queue-dir=/tmp/queue            | internal-events.counting-queue-dir: no events are queued for counting; set internal-events.counting
            definitions=classpath:no-such            | internal-events.definitions: classpath:no-such does not exist; put definitions into src/main/resources/no-such
            definitions=/no/such/folder              | /no/such/folder: does not exist
            definitions=/no/such/folder              | Put definitions where internal-events.definitions points
            """)
    void what_is_wrong_is_said_without_a_stack_trace(String property, String message, CapturedOutput output)
            throws IOException {
        List<String> properties = new ArrayList<>(List.of("internal-events." + property));
        if (property.startsWith("counting")) {
            properties.add("internal-events.definitions=" + definitions("events/asked.yml"));
        }
        assertThatThrownBy(() -> sending(properties.toArray(String[]::new)));

        assertReport(output, message);
        assertThat(output.getOut()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "internal-events.definitions=false"})
    void counting_without_definitions_is_said(String definitions, CapturedOutput output) {
        assertThatThrownBy(() -> sending("internal-events.counting=memory", definitions));

        assertReport(
                output,
                "internal-events.counting: counts events by their definitions; set internal-events.definitions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"internal-events.counting=false", "internal-events.counting="})
    void counting_that_is_switched_off_needs_no_definitions(String counting) {
        try (ConfigurableApplicationContext application = sending(counting)) {
            track(application);
        }

        assertThat(collector.requests()).hasSize(1);
    }

    @Test
    void wrong_definitions_are_listed_by_file_and_line(CapturedOutput output) throws IOException {
        Path definitions = definitions("config/events/asked.yml");
        Files.writeString(
                definitions.resolve("config/events/wrong.yml"), "description: [a]\naction: wrong\ntiers: [free]\n");
        assertThatThrownBy(() -> run(
                Plain.class, "internal-events.definitions=" + definitions, "internal-events.environment=development"));

        assertReport(output, "config/events/wrong.yml:1: description: expected a text, found a list");
    }

    @Test
    void a_folder_in_use_is_said_with_its_owner(CapturedOutput output) throws IOException {
        Path queue = folder.resolve("counting/queue");
        try (Spool other = Spool.open(queue, SpoolSettings.DEFAULTS)) {
            assertThat(other).isNotNull();
            assertThatThrownBy(() -> run(
                    Plain.class,
                    "internal-events.definitions=" + definitions("events/asked.yml"),
                    "internal-events.counting=" + folder.resolve("counting")));
        }

        assertReport(output, queue + ": is in use by this process already");
    }

    @Test
    void a_folder_that_cannot_be_used_is_said(CapturedOutput output) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> run(
                Plain.class,
                "internal-events.definitions=" + definitions("events/asked.yml"),
                "internal-events.counting=" + file.resolve("counting")));

        assertReport(output, "internal-events.counting: " + file.resolve("counting"));

        assertThatThrownBy(() -> run(
                Plain.class,
                "internal-events.definitions=" + definitions("events/asked.yml"),
                "internal-events.counting=" + folder.resolve("counting"),
                "internal-events.counting-queue-dir=" + file.resolve("queue")));
        assertReport(output, "internal-events.counting-queue-dir: " + file.resolve("queue"));
    }

    @Test
    void all_problems_of_properties_are_said_at_once() {
        assertThatThrownBy(() -> sending("internal-events.when-full=block", "internal-events.proxy=x"))
                .rootCause()
                .isInstanceOfSatisfying(
                        SettingsException.class, e -> assertThat(e.problems()).hasSize(2));
    }

    @Test
    void what_spring_what_the_settings_and_what_the_client_refuse_is_said_at_once(CapturedOutput output) {
        assertThatThrownBy(() -> sending(
                "internal-events.endpoint=ftp://localhost",
                "internal-events.thread-count=0",
                "internal-events.batch-size=ten",
                "internal-events.send-user-id=perhaps",
                "internal-events.linger=soon",
                "internal-events.block-timeout=x",
                "internal-events.outbox-durability=always",
                "internal-events.queue-bytes=many",
                "internal-events.queue-capacity=-1",
                "internal-events.back-off.first=2m",
                "internal-events.outbox-bytes=1MB",
                "internal-events.when-full=block"));

        assertReport(output, "Internal events cannot start with these settings:");
        assertThat(output.getAll())
                .contains(
                        "  internal-events.endpoint: ",
                        "  internal-events.thread-count: \"0\" is not a whole number from 1 to 64",
                        "  internal-events.batch-size: \"ten\" is not a whole number",
                        "  internal-events.send-user-id: \"perhaps\" is not true or false",
                        "  internal-events.linger: \"soon\" is not a duration; expected for example 500ms, 5s or 2m",
                        "  internal-events.block-timeout: \"x\" is not a duration",
                        "  internal-events.outbox-durability: \"always\" is not one of process, interval, disk",
                        "  internal-events.queue-bytes: \"many\" is not a size; expected for example 64KB or 16MB",
                        "  internal-events.queue-capacity: -1 is not a whole number of 1 or more",
                        "  internal-events.back-off: the longest wait of 1m is shorter than the first of 2m",
                        "  internal-events.outbox-bytes: 1MB is too small; expected 16MB or more")
                .doesNotContain("needs internal-events.block-timeout");
    }

    @Test
    void settings_that_exclude_each_other_are_said_beside_others(CapturedOutput output) {
        assertThatThrownBy(() -> sending(
                "internal-events.outbox-dir=" + folder.resolve("outbox"),
                "internal-events.when-full=spill",
                "internal-events.spill-dir=" + folder.resolve("spill"),
                "internal-events.proxy=x"));

        assertReport(output, "internal-events.when-full: spill cannot be combined with an outbox");
        assertThat(output.getAll()).contains("internal-events.proxy: \"x\" is not a host and a port");
    }

    @Test
    void a_value_that_cannot_be_read_stops_an_application_with_a_client_of_its_own_too(CapturedOutput output) {
        assertThatThrownBy(() -> run(OwnClient.class, "internal-events.middleware.enabled=perhaps"));

        assertReport(output, "internal-events.middleware.enabled: \"perhaps\" is not true or false");
    }

    @ParameterizedTest
    @CsvSource({
        "dev, 'throws (environment \"development\")'",
        "prod, 'is dropped and logged (environment \"production\")'"
    })
    void the_log_says_what_events_are_checked_against(String profile, String outcome, CapturedOutput output)
            throws IOException {
        Path definitions = definitions("events/asked.yml");
        sending("internal-events.definitions=" + definitions, "spring.profiles.active=" + profile)
                .close();

        assertThat(linesOf(output))
                .contains("Internal events are checked against the definitions of 1 event in " + definitions
                        + "; an undefined event " + outcome);
    }

    @Test
    void a_property_that_does_not_exist_is_named_with_the_one_that_was_meant(CapturedOutput output) {
        sending(
                        "internal-events.endpiont=http://127.0.0.1:1",
                        "internal-events.batchSise=2",
                        "internal-events.middleware.skip-path[0]=/a",
                        "internal-events.billing.outbox=x",
                        "internal-events.spaceship.color=red",
                        // These are right, also if they are spelled in another way.
                        "internal-events.middleware.skipPaths[0]=/b",
                        "internal-events.headers.X-Key=k",
                        "internal-events.api.enabled=false",
                        "internal-events.SEND_USER_ID=true")
                .close();

        String noSuch = " is set, but there is no such property";
        assertThat(output.getOut()
                        .lines()
                        .filter(line -> line.contains(noSuch))
                        .map(line -> line.substring(line.indexOf("internal-events."))))
                .containsExactly(
                        "internal-events.batchsise" + noSuch + "; did you mean internal-events.batch-size?",
                        "internal-events.billing.outbox" + noSuch
                                + "; did you mean internal-events.billing.outbox-dir?",
                        "internal-events.endpiont" + noSuch + "; did you mean internal-events.endpoint?",
                        "internal-events.middleware.skip-path[0]" + noSuch
                                + "; did you mean internal-events.middleware.skip-paths?",
                        "internal-events.spaceship.color" + noSuch + "; docs/settings.md lists all properties");
    }

    @Test
    void every_property_is_described_for_an_ide() throws IOException {
        try (java.io.InputStream metadata =
                InternalEventsProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            JsonNode properties = JsonMapper.shared()
                    .readTree(new String(metadata.readAllBytes(), StandardCharsets.UTF_8))
                    .path("properties");
            assertThat(properties
                            .valueStream()
                            .map(property -> property.path("name").asString()))
                    .contains(
                            "internal-events.enabled",
                            "internal-events.endpoint",
                            "internal-events.batch-size",
                            "internal-events.middleware.skip-paths",
                            "internal-events.headers",
                            "internal-events.close-timeout",
                            "internal-events.outbox-durability",
                            "internal-events.when-full",
                            "internal-events.back-off.first",
                            "internal-events.ssl.bundle");
            assertThat(properties.valueStream())
                    .allMatch(property ->
                            !property.path("description").asString("").isBlank());
        }
    }

    private static void assertReport(CapturedOutput output, String message) {
        assertThat(output.getAll()).contains("APPLICATION FAILED TO START", message);
        assertThat(output.getAll().lines()).noneMatch(line -> line.startsWith("\tat "));
    }

    private ConfigurableApplicationContext sending(String... properties) {
        return sending(Plain.class, properties);
    }

    private ConfigurableApplicationContext sending(Class<?> type, String... properties) {
        List<String> all = new ArrayList<>(List.of("internal-events.enabled=true"));
        if (Stream.of(properties).noneMatch(property -> property.startsWith("internal-events.endpoint="))) {
            all.add("internal-events.endpoint=" + collector.url());
        }
        all.addAll(List.of(properties));
        return run(type, all.toArray(String[]::new));
    }

    private static ConfigurableApplicationContext run(Class<?> type, String... properties) {
        SpringApplication application = new SpringApplication(type);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(
                Stream.of(properties).map(property -> "--" + property).toArray(String[]::new));
    }

    private static Map<String, Object> details(ConfigurableApplicationContext application) {
        Health health = application
                .getBean("internalEventsHealthIndicator", HealthIndicator.class)
                .health();
        assertThat(health).isNotNull();
        return health.getDetails();
    }

    private static void track(ConfigurableApplicationContext application) {
        InternalEventsClient client = application.getBean(InternalEventsClient.class);
        client.trackEvent("asked");
        assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
    }

    /** Returns the client's log lines, without what precedes the message. */
    private static List<String> linesOf(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains(" Internal events are "))
                .map(line -> line.substring(line.indexOf("Internal events are ")))
                .toList();
    }

    private JsonNode context() {
        byte[] json =
                java.util.Base64.getUrlDecoder().decode(body().at("/data/0/cx").asString());
        return JsonMapper.shared().readTree(json).at("/data/0/data");
    }

    private Path definitions(String event) {
        TestFiles.write(folder.resolve("definitions"), event, """
                description: A user asked
                internal_events: true
                action: asked
                tiers: [free]
                """);
        return folder.resolve("definitions");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Plain {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OwnClient {

        @Bean
        InternalEventSettings settings() {
            return new InternalEventSettings(DeliverySettings.disabled("shop", "internal-events"), false, "staging");
        }

        @Bean
        InternalEventsClient client() {
            return InternalEventsClient.builder().enabled(false).build();
        }
    }

    @Configuration
    @EnableAutoConfiguration
    static class Customized {

        private final List<String> delivered = new CopyOnWriteArrayList<>();

        @Bean
        @Order(2)
        InternalEventsClientCustomizer second() {
            return builder -> builder.header("X-Order", "second");
        }

        @Bean
        @Order(1)
        InternalEventsClientCustomizer first() {
            return builder -> builder.header("X-Order", "first").deliveryListener(new DeliveryListener() {
                @Override
                public void onDelivered(List<SentEvent> events) {
                    events.forEach(event -> delivered.add(event.name()));
                }
            });
        }
    }
}
