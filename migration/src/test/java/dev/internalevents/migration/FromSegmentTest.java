package dev.internalevents.migration;

import static dev.internalevents.migration.CompiledWithClient.compiled;
import static org.openrewrite.java.Assertions.java;
import static org.openrewrite.xml.Assertions.xml;

import org.junit.jupiter.api.Test;
import org.openrewrite.java.JavaParser;
import org.openrewrite.test.RecipeSpec;
import org.openrewrite.test.RewriteTest;

/** Runs the recipe on code that is compiled with Segment's library; what it writes is compiled with the client. */
class FromSegmentTest implements RewriteTest {

    @Override
    public void defaults(RecipeSpec spec) {
        spec.recipeFromResources("dev.internalevents.migration.FromSegment")
                .parser(JavaParser.fromJavaVersion()
                        .classpath("analytics", "analytics-core", "guava", "okhttp", "gson"));
    }

    @Test
    void a_client_and_its_events_are_replaced() {
        rewriteRun(java("""
                package com.example;

                import com.google.common.collect.ImmutableMap;
                import com.segment.analytics.Analytics;
                import com.segment.analytics.messages.TrackMessage;
                import java.util.Map;

                class Orders {

                    private final Analytics analytics = Analytics.builder("write key").build();

                    void complete(String user, int total, String name) {
                        analytics.enqueue(TrackMessage.builder("Order Completed")
                                .userId(user)
                                .properties(ImmutableMap.<String, Object>builder()
                                        .put("total", total)
                                        .put("coupon", true)
                                        .build()));
                        analytics.enqueue(TrackMessage.builder("Product Viewed").properties(Map.of("sku", "G-32")));
                        analytics.enqueue(TrackMessage.builder(name).userId(user));
                        Runnable later = () -> analytics.enqueue(TrackMessage.builder("signedUp").userId(user));
                    }

                    void close() {
                        analytics.shutdown();
                    }
                }
                """, compiled("""
                package com.example;

                import dev.internalevents.client.InternalEventsClient;

                class Orders {

                    private final InternalEventsClient analytics = InternalEventsClient.fromEnvironment("AIGW");

                    void complete(String user, int total, String name) {
                        analytics.event("order_completed").user(user).put("total", total).put("coupon", true).track();
                        analytics.event("product_viewed").put("sku", "G-32").track();
                        analytics.event(name).user(user).track();
                        Runnable later = () -> analytics.event("signed_up").user(user).track();
                    }

                    void close() {
                        analytics.close();
                    }
                }
                """)));
    }

    @Test
    void what_a_person_has_to_decide_is_a_comment() {
        rewriteRun(java("""
                package com.example;

                import com.segment.analytics.Analytics;
                import com.segment.analytics.messages.AliasMessage;
                import com.segment.analytics.messages.GroupMessage;
                import com.segment.analytics.messages.IdentifyMessage;
                import com.segment.analytics.messages.PageMessage;
                import com.segment.analytics.messages.TrackMessage;
                import java.util.Date;
                import java.util.Map;

                class Users {

                    private final Analytics analytics = Analytics.builder("write key").flushQueueSize(10).build();

                    void track(String user, Map<String, Object> properties) {
                        analytics.enqueue(IdentifyMessage.builder().userId(user).traits(properties));
                        analytics.enqueue(GroupMessage.builder("group").userId(user));
                        analytics.enqueue(AliasMessage.builder("previous").userId(user));
                        analytics.enqueue(PageMessage.builder("Home").userId(user));
                        analytics.enqueue(TrackMessage.builder("Order Completed").userId(user).properties(properties));
                        analytics.enqueue(TrackMessage.builder("Order Completed").userId(user).timestamp(new Date()));
                        boolean taken = analytics.offer(TrackMessage.builder("Order Completed").userId(user));
                        analytics.flush();
                    }
                }
                """, """
                package com.example;

                import com.segment.analytics.messages.AliasMessage;
                import com.segment.analytics.messages.GroupMessage;
                import com.segment.analytics.messages.IdentifyMessage;
                import com.segment.analytics.messages.PageMessage;
                import com.segment.analytics.messages.TrackMessage;
                import dev.internalevents.client.InternalEventsClient;

                import java.util.Date;
                import java.util.Map;

                class Users {

                    // TODO(internal-events): create the client with InternalEventsClient.builder(), or with fromEnvironment("AIGW") to read its settings from variables
                    private final InternalEventsClient analytics = InternalEventsClient.builder("write key").flushQueueSize(10).build();

                    void track(String user, Map<String, Object> properties) {
                        // TODO(internal-events): there are no profiles of users: remove it, or track an event, such as sign_up, if you count it
                        analytics.enqueue(IdentifyMessage.builder().userId(user).traits(properties));
                        // TODO(internal-events): a group is a field of the request's context or of the event, such as namespace(ID) or organization(ID)
                        analytics.enqueue(GroupMessage.builder("group").userId(user));
                        // TODO(internal-events): ids are not merged: use one id for a user from the first event on, or join the ids where you query
                        analytics.enqueue(AliasMessage.builder("previous").userId(user));
                        // TODO(internal-events): page views are tracked in the web page with internal-events.js; for a view that the server counts, track an event with event(NAME)
                        analytics.enqueue(PageMessage.builder("Home").userId(user));
                        // TODO(internal-events): track the event with event(NAME).user(ID).track(); for a map of properties, call map.forEach(event::put) on the builder
                        analytics.enqueue(TrackMessage.builder("Order Completed").userId(user).properties(properties));
                        // TODO(internal-events): track the event with event(NAME).user(ID).track(); for a map of properties, call map.forEach(event::put) on the builder
                        analytics.enqueue(TrackMessage.builder("Order Completed").userId(user).timestamp(new Date()));
                        // TODO(internal-events): track the event with event(NAME).user(ID).track(); it never waits, and stats() counts what the queue had no room for
                        boolean taken = analytics.offer(TrackMessage.builder("Order Completed").userId(user));
                        // TODO(internal-events): flush(Duration) waits until what is queued has been sent
                        analytics.flush();
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
                      <groupId>com.segment.analytics.java</groupId>
                      <artifactId>analytics</artifactId>
                      <version>3.5.4</version>
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
                  </dependencies>
                </project>
                """, spec -> spec.path("pom.xml")));
    }
}
