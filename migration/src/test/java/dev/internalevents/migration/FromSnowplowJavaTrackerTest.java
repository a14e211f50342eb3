package dev.internalevents.migration;

import static dev.internalevents.migration.CompiledWithClient.compiled;
import static org.openrewrite.java.Assertions.java;
import static org.openrewrite.xml.Assertions.xml;

import org.junit.jupiter.api.Test;
import org.openrewrite.java.JavaParser;
import org.openrewrite.test.RecipeSpec;
import org.openrewrite.test.RewriteTest;

/** Runs the recipe on code that is compiled with Snowplow's tracker; what it writes is compiled with the client. */
class FromSnowplowJavaTrackerTest implements RewriteTest {

    private static final String CHECKOUT = compiled("""
            package com.example;

            import dev.internalevents.client.InternalEventsClient;

            import java.net.URI;

            class Checkout {

                private final InternalEventsClient tracker = InternalEventsClient.builder().namespace("shop").appId("web").endpoint(URI.create("https://collector.example")).build();

                void placeOrder(String payment, double amount) {
                    tracker.event("place_order").category("checkout").label(payment).value(amount).track();
                }
            }
            """);

    @Override
    public void defaults(RecipeSpec spec) {
        spec.recipeFromResources("dev.internalevents.migration.FromSnowplowJavaTracker")
                .parser(JavaParser.fromJavaVersion().classpath("snowplow-java-tracker"));
    }

    @Test
    void a_tracker_and_its_structured_events_are_replaced() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Snowplow;
                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.events.Structured;

                class Checkout {

                    private final Tracker tracker = Snowplow.createTracker("shop", "web", "https://collector.example");

                    void placeOrder(String payment, double amount) {
                        tracker.track(Structured.builder()
                                .category("checkout")
                                .action("place_order")
                                .label(payment)
                                .value(amount)
                                .build());
                    }
                }
                """, CHECKOUT));
    }

    @Test
    void configurations_are_read_too() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Snowplow;
                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
                import com.snowplowanalytics.snowplow.tracker.events.Structured;

                class Checkout {

                    private final Tracker tracker = Snowplow.createTracker(
                            new TrackerConfiguration("shop", "web"), new NetworkConfiguration("https://collector.example"));

                    void placeOrder(String payment, double amount) {
                        tracker.track(Structured.builder().category("checkout").action("place_order").label(payment).value(amount).build());
                    }
                }
                """, CHECKOUT));
    }

    @Test
    void settings_of_the_emitter_stay() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Snowplow;
                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.configuration.EmitterConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;

                class Trackers {

                    Tracker create(String collector) {
                        return Snowplow.createTracker(
                                new TrackerConfiguration("shop", "web"),
                                new NetworkConfiguration(collector),
                                new EmitterConfiguration().batchSize(50).bufferCapacity(100_000).threadCount(2));
                    }
                }
                """, compiled("""
                package com.example;

                import dev.internalevents.client.InternalEventsClient;

                import java.net.URI;

                class Trackers {

                    InternalEventsClient create(String collector) {
                        return InternalEventsClient.builder().namespace("shop").appId("web").endpoint(URI.create(collector)).batchSize(50).threadCount(2).queueCapacity(100_000).build();
                    }
                }
                """)));
    }

    @Test
    void the_user_of_an_event_and_its_contexts_stay() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Subject;
                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.configuration.SubjectConfiguration;
                import com.snowplowanalytics.snowplow.tracker.events.Structured;
                import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
                import java.util.List;
                import java.util.Map;

                class Orders {

                    void track(Tracker tracker, String user, Map<String, Object> cart) {
                        tracker.track(Structured.builder()
                                .category("c")
                                .action("a")
                                .subject(new Subject(new SubjectConfiguration().userId(user)))
                                .customContext(List.of(
                                        new SelfDescribingJson("iglu:com.example/cart/jsonschema/1-0-0", cart)))
                                .build());
                        tracker.track(Structured.builder().category("c").action("b").subject(Subject.builder().userId(user).build()).build());
                    }
                }
                """, compiled("""
                package com.example;

                import dev.internalevents.client.InternalEventsClient;
                import dev.internalevents.protocol.SchemaKey;
                import dev.internalevents.protocol.SelfDescribingJson;

                import java.util.Map;

                class Orders {

                    void track(InternalEventsClient tracker, String user, Map<String, Object> cart) {
                        tracker.event("a").user(user).category("c").context(new SelfDescribingJson(SchemaKey.parse("iglu:com.example/cart/jsonschema/1-0-0"), cart)).track();
                        tracker.event("b").user(user).category("c").track();
                    }
                }
                """)));
    }

    @Test
    void other_events_and_other_settings_are_commented_on() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Snowplow;
                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.configuration.EmitterConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
                import com.snowplowanalytics.snowplow.tracker.events.SelfDescribing;
                import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
                import java.util.Map;

                class Orders {

                    private final Tracker tracker = Snowplow.createTracker(
                            new TrackerConfiguration("shop", "web"),
                            new NetworkConfiguration("https://collector.example"),
                            new EmitterConfiguration().customRetryForStatusCodes(Map.of(403, true)));

                    void track(Map<String, Object> data) {
                        tracker.track(SelfDescribing.builder().eventData(new SelfDescribingJson("iglu:com.example/order/jsonschema/1-0-0", data)).build());
                        tracker.getEmitter().flushBuffer();
                        Snowplow.getTracker("shop").close();
                    }
                }
                """, """
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Snowplow;
                import com.snowplowanalytics.snowplow.tracker.configuration.EmitterConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
                import com.snowplowanalytics.snowplow.tracker.events.SelfDescribing;
                import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
                import dev.internalevents.client.InternalEventsClient;

                import java.util.Map;

                class Orders {

                    // TODO(internal-events): create the client with InternalEventsClient.builder(), or with fromEnvironment("AIGW") to read its settings from variables
                    private final InternalEventsClient tracker = Snowplow.createTracker(
                            new TrackerConfiguration("shop", "web"),
                            new NetworkConfiguration("https://collector.example"),
                            new EmitterConfiguration().customRetryForStatusCodes(Map.of(403, true)));

                    void track(Map<String, Object> data) {
                        // TODO(internal-events): an event has no schema of its own: track it with event(NAME) and put(KEY, VALUE) for its data, or keep the tracker for this event
                        tracker.track(SelfDescribing.builder().eventData(new SelfDescribingJson("iglu:com.example/order/jsonschema/1-0-0", data)).build());
                        // TODO(internal-events): flush(Duration) sends what is queued, and stats() counts it; settings are those of InternalEventsClient.builder()
                        tracker.getEmitter().flushBuffer();
                        // TODO(internal-events): there is no registry of clients: inject the client, or pass it
                        Snowplow.getTracker("shop").close();
                    }
                }
                """));
    }

    @Test
    void a_type_of_the_same_name_that_is_still_used_keeps_its_import() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.events.Structured;
                import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
                import java.util.List;
                import java.util.Map;

                class Orders {

                    void track(Tracker tracker, Map<String, Object> cart, SelfDescribingJson context) {
                        tracker.track(Structured.builder().category("c").action("a").customContext(List.of(new SelfDescribingJson("iglu:com.example/cart/jsonschema/1-0-0", cart))).build());
                        tracker.track(Structured.builder().category("c").action("b").customContext(List.of(context)).build());
                    }
                }
                """, """
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.events.Structured;
                import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
                import dev.internalevents.client.InternalEventsClient;
                import dev.internalevents.protocol.SchemaKey;

                import java.util.List;
                import java.util.Map;

                class Orders {

                    void track(InternalEventsClient tracker, Map<String, Object> cart, SelfDescribingJson context) {
                        tracker.event("a").category("c").context(new dev.internalevents.protocol.SelfDescribingJson(SchemaKey.parse("iglu:com.example/cart/jsonschema/1-0-0"), cart)).track();
                        // TODO(internal-events): track the event with event(NAME)….track(); the user, contexts and properties are setters of it, and nothing is returned
                        tracker.track(Structured.builder().category("c").action("b").customContext(List.of(context)).build());
                    }
                }
                """));
    }

    @Test
    void values_in_variables_are_commented_on() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Snowplow;
                import com.snowplowanalytics.snowplow.tracker.Subject;
                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
                import com.snowplowanalytics.snowplow.tracker.events.PageView;

                class Trackers {

                    void track() {
                        TrackerConfiguration names = new TrackerConfiguration("shop", "web");
                        Tracker tracker = Snowplow.createTracker(names, new NetworkConfiguration("https://collector.example"));
                        Subject subject = Subject.builder().userId("u").build();
                        tracker.track(PageView.builder().pageUrl("https://shop.example").subject(subject).build());
                        String app = tracker.getAppId();
                    }
                }
                """, """
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Snowplow;
                import com.snowplowanalytics.snowplow.tracker.Subject;
                import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
                import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
                import com.snowplowanalytics.snowplow.tracker.events.PageView;
                import dev.internalevents.client.InternalEventsClient;

                class Trackers {

                    void track() {
                        // TODO(internal-events): this is a setting of InternalEventsClient.builder()
                        TrackerConfiguration names = new TrackerConfiguration("shop", "web");
                        // TODO(internal-events): create the client with InternalEventsClient.builder(), or with fromEnvironment("AIGW") to read its settings from variables
                        InternalEventsClient tracker = Snowplow.createTracker(names, new NetworkConfiguration("https://collector.example"));
                        // TODO(internal-events): the user comes from the request's context, or from user(ID) of an event
                        Subject subject = Subject.builder().userId("u").build();
                        // TODO(internal-events): page views are tracked in the web page with internal-events.js; for a view that the server counts, track an event with event(NAME)
                        tracker.track(PageView.builder().pageUrl("https://shop.example").subject(subject).build());
                        // TODO(internal-events): the client has no such method
                        String app = tracker.getAppId();
                    }
                }
                """));
    }

    @Test
    void what_a_person_has_to_decide_is_a_comment() {
        rewriteRun(java("""
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Subject;
                import com.snowplowanalytics.snowplow.tracker.Tracker;
                import com.snowplowanalytics.snowplow.tracker.events.Event;
                import com.snowplowanalytics.snowplow.tracker.events.Structured;
                import java.util.List;

                class Orders {

                    void track(Tracker tracker, Event event, Subject subject) {
                        tracker.setSubject(subject);
                        if (subject != null) {
                            tracker.track(event);
                        }
                        tracker.track(Structured.builder().category("c").action("a").trueTimestamp(1L).build());
                        List<String> ids = tracker.track(Structured.builder().category("c").action("b").build());
                    }
                }
                """, """
                package com.example;

                import com.snowplowanalytics.snowplow.tracker.Subject;
                import com.snowplowanalytics.snowplow.tracker.events.Event;
                import com.snowplowanalytics.snowplow.tracker.events.Structured;
                import dev.internalevents.client.InternalEventsClient;

                import java.util.List;

                class Orders {

                    void track(InternalEventsClient tracker, Event event, Subject subject) {
                        // TODO(internal-events): the user comes from the request's context, or from user(ID) of an event
                        tracker.setSubject(subject);
                        if (subject != null) {
                            // TODO(internal-events): track the event with event(NAME)….track(); the user, contexts and properties are setters of it, and nothing is returned
                            tracker.track(event);
                        }
                        // TODO(internal-events): track the event with event(NAME)….track(); the user, contexts and properties are setters of it, and nothing is returned
                        tracker.track(Structured.builder().category("c").action("a").trueTimestamp(1L).build());
                        // TODO(internal-events): track the event with event(NAME)….track(); the user, contexts and properties are setters of it, and nothing is returned
                        List<String> ids = tracker.track(Structured.builder().category("c").action("b").build());
                    }
                }
                """));
    }

    @Test
    void the_dependency_is_replaced() {
        rewriteRun(xml("""
                <project>
                  <dependencies>
                    <dependency>
                      <groupId>com.snowplowanalytics</groupId>
                      <artifactId>snowplow-java-tracker</artifactId>
                      <version>1.0.1</version>
                    </dependency>
                    <dependency>
                      <groupId>com.snowplowanalytics</groupId>
                      <artifactId>another</artifactId>
                      <version>1.0.1</version>
                    </dependency>
                  </dependencies>
                </project>
                """, """
                <project>
                  <dependencies>
                    <dependency>
                      <groupId>dev.internalevents</groupId>
                      <artifactId>internal-events-client</artifactId>
                      <version>0.1.0-SNAPSHOT</version>
                    </dependency>
                    <dependency>
                      <groupId>com.snowplowanalytics</groupId>
                      <artifactId>another</artifactId>
                      <version>1.0.1</version>
                    </dependency>
                  </dependencies>
                </project>
                """, spec -> spec.path("pom.xml")));
    }
}
