package dev.internalevents.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openrewrite.java.Assertions.java;
import static org.openrewrite.xml.Assertions.xml;

import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.openrewrite.java.JavaParser;
import org.openrewrite.test.RecipeSpec;
import org.openrewrite.test.RewriteTest;

/** Runs the recipe on code that is compiled with Snowplow's tracker; what it writes is compiled with the client. */
class FromSnowplowJavaTrackerTest implements RewriteTest {

    private static final String CHECKOUT = """
            package com.example;

            import dev.internalevents.client.InternalEventsClient;

            import java.net.URI;

            class Checkout {

                private final InternalEventsClient tracker = InternalEventsClient.builder().namespace("shop").appId("web").endpoint(URI.create("https://collector.example")).build();

                void placeOrder(String payment, double amount) {
                    tracker.event("place_order").category("checkout").label(payment).value(amount).track();
                }
            }
            """;

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
    void what_it_writes_compiles_with_the_client() {
        StringWriter messages = new StringWriter();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Checkout.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return CHECKOUT;
                    }
                };

        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-implicit:none", "-Xlint:none", "-d", "target"),
                        null,
                        List.of(source))
                .call();

        assertThat(compiles).as(messages.toString()).isTrue();
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
