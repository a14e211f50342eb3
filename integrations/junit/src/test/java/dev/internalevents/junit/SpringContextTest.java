package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventDetails;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.definitions.ExtraTracker;
import dev.internalevents.client.definitions.InvalidPropertyException;
import dev.internalevents.client.definitions.UndefinedEventException;
import dev.internalevents.collector.Collector;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.store.MemoryMetricStore;
import dev.internalevents.store.EventQuery;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Typical Spring tests, run in contexts of Spring Boot next to a collector that records each request. */
@Tag("slow")
class SpringContextTest {

    @AutoClose
    private static TestServer outside;

    @BeforeAll
    static void listen() throws IOException {
        outside = TestServer.responding(200, "");
        System.setProperty("outside.url", outside.url().toString());
    }

    @AfterAll
    static void forgetUrl() {
        System.clearProperty("outside.url");
    }

    @BeforeEach
    void forget() {
        outside.requests().clear();
        Shop.STARTED.set(0);
    }

    private static Events run(Class<?>... tests) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .selectors(Arrays.stream(tests)
                        .map(DiscoverySelectors::selectClass)
                        .toArray(ClassSelector[]::new))
                .execute()
                .testEvents();
    }

    private static void passes(int count, Class<?>... tests) {
        Events events = run(tests);
        assertThat(events.failed().list()).isEmpty();
        events.assertStatistics(statistics -> statistics.succeeded(count));
    }

    private static void isTrackedOnce(Executable view) {
        assertThatCode(view).triggersInternalEvent("web_ide_viewed").once();
    }

    /** Checks that a request with the realm {@code saas} tracks one event, in the request's context. */
    private static void isTrackedOnceInSaas(RecordedEvents events, Executable request) {
        isTrackedOnce(request);
        assertThat(events.all())
                .singleElement()
                .satisfies(event -> assertThat(event.context().realm()).isEqualTo("saas"));
    }

    /** An application configured to send to the collector outside of the test. */
    @Configuration
    @EnableAutoConfiguration
    @EnableAsync
    @RestController
    static class Shop {

        static final AtomicInteger STARTED = new AtomicInteger();

        private final InternalEventsClient internalEvents;

        Shop(InternalEventsClient internalEvents) {
            this.internalEvents = internalEvents;
            STARTED.incrementAndGet();
        }

        @GetMapping("/view")
        String view() {
            internalEvents.event("web_ide_viewed").label("x").track();
            return "viewed";
        }

        @GetMapping("/callable")
        Callable<String> callable() {
            return this::view;
        }

        @GetMapping("/misspelt")
        String misspelt() {
            internalEvents.trackEvent("web_ide_veiwed");
            return "viewed";
        }

        @Bean
        static Later later(InternalEventsClient internalEvents) {
            return new Later(internalEvents);
        }
    }

    static class Later {

        private final InternalEventsClient internalEvents;

        Later(InternalEventsClient internalEvents) {
            this.internalEvents = internalEvents;
        }

        @Async
        public void view() {
            internalEvents.trackEvent("web_ide_viewed");
        }
    }

    @SpringBootTest(
            classes = Shop.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "server.address=127.0.0.1",
                "internal-events.enabled=true",
                "internal-events.endpoint=${outside.url}",
                "spring.application.name=shop",
                "spring.main.banner-mode=off"
            })
    @AutoConfigureMockMvc
    @AutoConfigureRestTestClient
    abstract static class ShopTest {}

    @InternalEventsTest
    static class Recording extends ShopTest {

        @Autowired
        private Shop shop;

        @Autowired
        private InternalEventsClient bean;

        @Test
        void assertions_see_what_beans_track(InternalEventsClient client, RecordedEvents events) {
            assertThatCode(() -> shop.view())
                    .triggersInternalEvent("web_ide_viewed")
                    .withAdditionalProperty("label", "x")
                    .once()
                    .andIncrementsMetric("counts.web_views");
            assertThat(client).isSameAs(bean);
            assertThat(client.isEnabled()).isTrue();
            assertThat(client.endpoint()).isNull();
            assertThat(events.all().get(0).context().source()).isEqualTo("shop");
        }

        @Test
        void mock_mvc(@Autowired MockMvcTester mvc, RecordedEvents events) {
            isTrackedOnceInSaas(
                    events,
                    () -> assertThat(mvc.get().uri("/view").header("X-Gitlab-Realm", "saas"))
                            .hasStatusOk());
        }

        @Test
        void mock_mvc_of_an_asynchronous_request(@Autowired MockMvcTester mvc, RecordedEvents events) {
            isTrackedOnceInSaas(
                    events,
                    () -> assertThat(mvc.get().uri("/callable").header("X-Gitlab-Realm", "saas"))
                            .hasStatusOk());
        }

        @Test
        void a_running_port(@Autowired RestTestClient http, RecordedEvents events) {
            isTrackedOnceInSaas(
                    events,
                    () -> http.get()
                            .uri("/view")
                            .header("X-Gitlab-Realm", "saas")
                            .exchange()
                            .expectStatus()
                            .isOk());
        }

        @Test
        void async(@Autowired Later later) {
            assertThatCode(later::view)
                    .within(Duration.ofSeconds(30))
                    .triggersInternalEvent("web_ide_viewed")
                    .once();
        }

        @Test
        void what_is_not_defined_throws() {
            assertThatThrownBy(() -> shop.misspelt()).isInstanceOf(UndefinedEventException.class);
        }
    }

    @Test
    void assertions_see_what_beans_track_and_nothing_is_sent() {
        passes(6, Recording.class);
        assertThat(outside.requests()).isEmpty();
    }

    static class Plain extends ShopTest {

        @Test
        void starts_and_tracks(
                @Autowired Shop shop, @Autowired InternalEventsClient client, @Autowired ApplicationContext context) {
            shop.view();
            shop.misspelt();
            assertThat(client.isEnabled()).isTrue();
            assertThat(client.endpoint()).isNull();
            assertThat(context.containsBean("internalEventsHealthIndicator")).isTrue();
        }
    }

    @Test
    void a_test_without_the_annotation_starts_as_usual_and_sends_nothing() {
        passes(1, Plain.class);
        assertThat(outside.requests()).isEmpty();
    }

    @InternalEventsTest(deliver = true)
    static class Delivering extends ShopTest {

        @Test
        void sends_and_is_seen(@Autowired Shop shop, InternalEventsClient client) {
            isTrackedOnce(shop::view);
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void a_test_that_asks_for_it_sends() {
        passes(1, Delivering.class);
        assertThat(outside.requests()).hasSize(1);
    }

    @InternalEventsTest
    static class First extends ShopTest {

        @Test
        void sees_its_own_event(@Autowired Shop shop, RecordedEvents events) {
            shop.view();
            assertThat(events.all()).hasSize(1);
        }

        @Test
        void and_not_that_of_the_other_test(@Autowired Shop shop, RecordedEvents events) {
            shop.view();
            assertThat(events.all()).hasSize(1);
        }
    }

    @InternalEventsTest(definitions = "")
    static class Second extends ShopTest {

        @Test
        void sees_its_own_event(@Autowired Shop shop, RecordedEvents events) {
            shop.misspelt();
            assertThat(events.named("web_ide_veiwed")).hasSize(1);
            assertThat(events.all()).hasSize(1);
        }
    }

    @Test
    void classes_with_one_configuration_share_a_context() {
        // An earlier test may have created the context.
        passes(2, First.class);
        Shop.STARTED.set(0);
        passes(3, First.class, Second.class);
        assertThat(Shop.STARTED).hasValue(0);
    }

    /** Collides with another class if both run at the same time, and tracks on a thread that belongs to no test. */
    abstract static class Parallel extends ShopTest {

        static final AtomicInteger RUNNING = new AtomicInteger();

        @Test
        void sees_its_own_events(@Autowired Later later, RecordedEvents events) {
            assertThat(RUNNING.incrementAndGet()).isEqualTo(1);
            for (int i = 1; i <= 20; i++) {
                assertThatCode(later::view)
                        .within(Duration.ofSeconds(30))
                        .triggersInternalEvent("web_ide_viewed")
                        .once();
                assertThat(events.all()).hasSize(i);
            }
            RUNNING.decrementAndGet();
        }
    }

    @InternalEventsTest
    static class ParallelOne extends Parallel {}

    @InternalEventsTest
    static class ParallelTwo extends Parallel {}

    @InternalEventsTest
    static class ParallelThree extends Parallel {}

    @Test
    void classes_of_one_context_stay_apart_when_classes_run_in_parallel() {
        passes(3, ParallelOne.class, ParallelTwo.class, ParallelThree.class);
    }

    private static final CyclicBarrier OTHER_CONTEXTS = new CyclicBarrier(2);

    /** Waits for the other class, so both pass only if they run at the same time. */
    private static void tracksBesideTheOther(Shop shop, RecordedEvents events) throws Exception {
        OTHER_CONTEXTS.await(30, TimeUnit.SECONDS);
        CompletableFuture.runAsync(shop::view).join();
        OTHER_CONTEXTS.await(30, TimeUnit.SECONDS);
        assertThat(events.all()).hasSize(1);
    }

    @InternalEventsTest
    static class InOneContext extends ShopTest {

        @Test
        void runs_beside_the_other(@Autowired Shop shop, RecordedEvents events) throws Exception {
            tracksBesideTheOther(shop, events);
        }
    }

    @InternalEventsTest
    @SpringBootTest(
            classes = Shop.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = "spring.main.banner-mode=off")
    static class InAnother {

        @Test
        void runs_beside_the_other(@Autowired Shop shop, RecordedEvents events) throws Exception {
            tracksBesideTheOther(shop, events);
        }
    }

    @Test
    void classes_of_different_contexts_run_at_the_same_time() {
        passes(2, InOneContext.class, InAnother.class);
    }

    /** An application with its own client. */
    @Configuration
    @EnableAutoConfiguration
    static class OwnClient {

        static final AtomicInteger MADE = new AtomicInteger();

        @Bean
        @Qualifier("own")
        InternalEventsClient ownClient() {
            MADE.incrementAndGet();
            return InternalEventsClient.builder()
                    .endpoint(URI.create(System.getProperty("outside.url")))
                    .shutdownHook(false)
                    .build();
        }

        @Bean
        RecordedEvents listener() {
            return new RecordedEvents();
        }
    }

    @InternalEventsTest
    static class OwnClientRecording {

        @Nested
        @SpringBootTest(classes = OwnClient.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
        class InsideOfAnAnnotatedClass {

            @Test
            void is_replaced(@Autowired @Qualifier("own") InternalEventsClient client, @Autowired RecordedEvents seen) {
                isTrackedOnce(() -> client.trackEvent("web_ide_viewed"));
                assertThat(client.endpoint()).isNull();
                assertThat(seen.named("web_ide_viewed")).hasSize(1);
            }
        }
    }

    static class OwnClientPlain {

        @Nested
        @SpringBootTest(classes = OwnClient.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
        class Inside {

            @Test
            void is_replaced(@Autowired InternalEventsClient client, @Autowired RecordedEvents seen) {
                client.trackEvent("web_ide_viewed");
                assertThat(client.endpoint()).isNull();
                assertThat(seen.all()).hasSize(1);
            }
        }
    }

    @Test
    void the_applications_own_client_is_replaced_and_never_made() {
        passes(2, OwnClientRecording.class, OwnClientPlain.class);
        assertThat(OwnClient.MADE).hasValue(0);
        assertThat(outside.requests()).isEmpty();
    }

    @TestConfiguration
    static class ClientOfTheTest {

        static final InternalEventsClient CLIENT =
                InternalEventsClient.builder().delivery(false).build();

        @Bean
        @Primary
        InternalEventsClient clientOfTheTest() {
            return CLIENT;
        }
    }

    @Import(ClientOfTheTest.class)
    static class PlainWithAClientOfItsOwn extends ShopTest {

        @Test
        void keeps_it(@Autowired InternalEventsClient client) {
            assertThat(client).isSameAs(ClientOfTheTest.CLIENT);
        }
    }

    @Test
    void a_client_that_a_plain_test_configures_stays() {
        passes(1, PlainWithAClientOfItsOwn.class);
    }

    @InternalEventsTest
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance extends ShopTest {

        private final Shop shop;
        private final InternalEventsClient client;

        OneInstance(@Autowired Shop shop, InternalEventsClient client) {
            this.shop = shop;
            this.client = client;
        }

        @Test
        void first(RecordedEvents events) {
            shop.view();
            client.trackEvent("web_ide_viewed");
            assertThat(events.all()).hasSize(2);
        }

        @Test
        void second(RecordedEvents events) {
            first(events);
        }

        @Nested
        class Inside {

            @Test
            void third() {
                isTrackedOnce(shop::view);
            }
        }
    }

    @InternalEventsTest
    static class Constructed extends ShopTest {

        private final InternalEventsClient client;
        private final Shop shop;

        @Autowired
        Constructed(InternalEventsClient client, Shop shop) {
            this.client = client;
            this.shop = shop;
        }

        @Test
        void has_the_bean(InternalEventsClient same) {
            assertThat(same).isSameAs(client);
            isTrackedOnce(shop::view);
        }
    }

    @InternalEventsTest
    @DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
    @SpringBootTest(
            classes = Shop.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = "spring.main.banner-mode=console")
    static class Dirty {

        @Autowired
        private Shop shop;

        @Test
        void first() {
            isTrackedOnce(shop::view);
        }

        @Test
        void second() {
            first();
        }
    }

    @Test
    void one_instance_nested_tests_constructors_and_dirty_contexts() {
        passes(3, OneInstance.class);
        passes(1, Constructed.class);
        passes(2, Dirty.class);
        assertThat(Shop.STARTED).hasValueGreaterThanOrEqualTo(2);
    }

    /** The annotations in reverse order: this module's extension comes first. */
    @InternalEventsTest
    @SpringBootTest(classes = Shop.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    static class OtherOrder {

        @Test
        void is_seen(@Autowired Shop shop) {
            isTrackedOnce(shop::view);
        }
    }

    @SpringBootTest(classes = Shop.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
    @InternalEventsTest
    static class ThisOrder extends OtherOrder {}

    @Test
    void the_order_of_annotations_does_not_matter() {
        passes(2, OtherOrder.class, ThisOrder.class);
    }

    @WebMvcTest(controllers = Shop.class)
    @ContextConfiguration(classes = Shop.class)
    @InternalEventsTest
    static class MvcSlice {

        @Test
        void has_client_and_context(@Autowired MockMvcTester mvc, RecordedEvents events) {
            isTrackedOnceInSaas(
                    events,
                    () -> assertThat(mvc.get().uri("/view").header("X-Gitlab-Realm", "saas"))
                            .hasStatusOk());
        }
    }

    /** A slice without {@code @InternalEventsTest}. */
    @WebMvcTest(
            controllers = Shop.class,
            properties = {"internal-events.enabled=true", "internal-events.endpoint=${outside.url}"})
    @ContextConfiguration(classes = Shop.class)
    static class PlainMvcSlice {

        @Test
        void starts(@Autowired MockMvcTester mvc) {
            assertThat(mvc.get().uri("/view")).hasStatusOk();
        }
    }

    @WebFluxTest(controllers = Shop.class, properties = "spring.main.web-application-type=reactive")
    @ContextConfiguration(classes = Shop.class)
    @InternalEventsTest
    static class FluxSlice {

        @Test
        void has_client_and_context(@Autowired WebTestClient web, RecordedEvents events) {
            isTrackedOnceInSaas(
                    events,
                    () -> web.get()
                            .uri("/view")
                            .header("X-Gitlab-Realm", "saas")
                            .exchange()
                            .expectStatus()
                            .isOk());
        }
    }

    @Test
    void slices_have_the_client_and_the_requests_context() {
        passes(1, MvcSlice.class);
        passes(1, PlainMvcSlice.class);
        passes(1, FluxSlice.class);
        assertThat(outside.requests()).isEmpty();
    }

    /** A context without Boot and without a client. */
    @SpringJUnitConfig(NoClient.class)
    @InternalEventsTest
    static class WithoutBoot {

        @Test
        void has_a_client(@Autowired InternalEventsClient client) {
            isTrackedOnce(() -> client.trackEvent("web_ide_viewed"));
        }
    }

    @Configuration
    static class NoClient {}

    @Test
    void a_context_without_a_client_gets_one() {
        passes(1, WithoutBoot.class);
    }

    @InternalEventsTest(collector = true)
    static class Collecting extends ShopTest {

        @Test
        void first(@Autowired Shop shop, InternalEventsClient client, Collector collector) {
            isTrackedOnce(shop::view);
            client.flush(Duration.ofSeconds(30));
            collector.processor().caughtUp().join();
            assertThat(collector.store().count(EventQuery.ALL)).isEqualTo(1);
            assertThat(collector.store().find(EventQuery.ALL, 0, 1)).allMatch(event -> event.isOf("shop"));
        }

        @Test
        void second(@Autowired Shop shop, InternalEventsClient client, Collector collector) {
            first(shop, client, collector);
        }
    }

    @Test
    void a_collector_of_the_test_gets_the_events_of_beans() {
        passes(2, Collecting.class);
        assertThat(outside.requests()).isEmpty();
    }

    /** In the environment "production", in which the application drops undefined events. */
    @InternalEventsTest
    @SpringBootTest(
            classes = Shop.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = "internal-events.definitions=classpath:internal-events")
    static class Defined {

        @Test
        void what_is_not_defined_throws(@Autowired Shop shop, @Autowired InternalEventsClient client) {
            assertThatThrownBy(shop::misspelt).isInstanceOf(UndefinedEventException.class);
            assertThatThrownBy(() -> client.event("web_ide_viewed")
                            .put("not_declared", "x")
                            .track())
                    .isInstanceOf(InvalidPropertyException.class);
        }
    }

    @Test
    void what_is_not_defined_throws_whatever_the_environment_is() {
        passes(1, Defined.class);
    }

    /** An application with an extra tracker. */
    @Configuration
    @Import(Shop.class)
    static class WithExtraTracker {

        static final AtomicInteger CALLS = new AtomicInteger();

        @Bean
        ExtraTracker extraTracker() {
            return new ExtraTracker() {
                @Override
                public String trackingClass() {
                    return "Example::Extra";
                }

                @Override
                public void track(EventDetails event) {
                    CALLS.incrementAndGet();
                }
            };
        }
    }

    @SpringBootTest(
            classes = WithExtraTracker.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = {
                "internal-events.enabled=true",
                "internal-events.endpoint=${outside.url}",
                "internal-events.definitions=classpath:internal-events"
            })
    abstract static class ExtraTracked {

        @Test
        void tracks(@Autowired InternalEventsClient client) {
            client.trackEvent("web_ide_closed");
        }
    }

    static class PlainExtraTracked extends ExtraTracked {}

    @InternalEventsTest
    static class RecordingExtraTracked extends ExtraTracked {}

    @InternalEventsTest(collector = true)
    static class CollectingExtraTracked extends ExtraTracked {}

    @InternalEventsTest(deliver = true)
    static class DeliveringExtraTracked extends ExtraTracked {}

    @Test
    void extra_trackers_are_called_in_tests_that_deliver_alone() {
        WithExtraTracker.CALLS.set(0);
        passes(3, PlainExtraTracked.class, RecordingExtraTracked.class, CollectingExtraTracked.class);
        assertThat(WithExtraTracker.CALLS).hasValue(0);
        passes(1, DeliveringExtraTracked.class);
        assertThat(WithExtraTracker.CALLS).hasValue(1);
    }

    @InternalEventsTest
    @SpringBootTest(
            classes = Shop.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = {"internal-events.definitions=classpath:internal-events", "internal-events.counting=memory"})
    static class Counting {

        @Test
        void counts_as_the_application_does(@Autowired Shop shop, @Autowired Metrics metrics) {
            assertThatCode(shop::view)
                    .triggersInternalEvent("web_ide_viewed")
                    .andIncrementsMetric("counts.web_views")
                    .from(0)
                    .to(1);
            assertThat(metrics.value("counts.web_views").orElseThrow().value()).isEqualByComparingTo("1");
        }
    }

    @SpringBootTest(
            classes = Shop.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = {
                "internal-events.definitions=classpath:internal-events",
                "internal-events.counting=${counting.folder}"
            })
    abstract static class CountingInAFolder {

        @Test
        void counts_in_memory(@Autowired Shop shop, @Autowired MetricStore store) {
            shop.view();
            assertThat(store).isInstanceOf(MemoryMetricStore.class);
        }
    }

    static class PlainCountingInAFolder extends CountingInAFolder {}

    @InternalEventsTest
    static class RecordingCountingInAFolder extends CountingInAFolder {}

    @Test
    void contexts_count_beside_each_other_and_not_in_the_applications_counters(@TempDir Path folder)
            throws IOException {
        System.setProperty("counting.folder", folder.toString());
        try {
            passes(2, PlainCountingInAFolder.class, RecordingCountingInAFolder.class);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).isEmpty();
            }
        } finally {
            System.clearProperty("counting.folder");
        }
    }

    @Test
    void the_applications_definitions_and_counting_go_on() {
        passes(1, Counting.class);
    }
}
