package dev.internalevents.migration;

import static dev.internalevents.migration.CompiledWithClient.compiled;
import static org.openrewrite.java.Assertions.java;
import static org.openrewrite.xml.Assertions.xml;

import org.junit.jupiter.api.Test;
import org.openrewrite.java.JavaParser;
import org.openrewrite.test.RecipeSpec;
import org.openrewrite.test.RewriteTest;

/** Runs the recipe on code that is compiled with PostHog's library; what it writes is compiled with the client. */
class FromPostHogTest implements RewriteTest {

    @Override
    public void defaults(RecipeSpec spec) {
        spec.recipeFromResources("dev.internalevents.migration.FromPostHog")
                .parser(JavaParser.fromJavaVersion().classpath("posthog"));
    }

    @Test
    void a_client_and_its_events_are_replaced() {
        rewriteRun(java("""
                package com.example;

                import com.posthog.java.PostHog;
                import java.util.Collections;
                import java.util.HashMap;
                import java.util.Map;

                class Orders {

                    private final PostHog posthog = new PostHog.Builder("key").host("https://eu.i.posthog.com").build();

                    void complete(String user, int total) {
                        posthog.capture(user, "order completed", new HashMap<String, Object>() {{
                            put("total", total);
                            put("coupon", true);
                        }});
                        posthog.capture(user, "movie played", Map.ofEntries(Map.entry("id", 7), Map.entry("kind", "drama")));
                        posthog.capture(user, "user_signed_up", Collections.emptyMap());
                        posthog.capture(user, "HTMLExport", Map.of());
                        posthog.capture(user, "order:paid");
                        posthog.shutdown();
                    }
                }
                """, compiled("""
                package com.example;

                import dev.internalevents.client.InternalEventsClient;

                class Orders {

                    private final InternalEventsClient posthog = InternalEventsClient.fromEnvironment("AIGW");

                    void complete(String user, int total) {
                        posthog.event("order_completed").user(user).put("total", total).put("coupon", true).track();
                        posthog.event("movie_played").user(user).put("id", 7).put("kind", "drama").track();
                        posthog.event("user_signed_up").user(user).track();
                        posthog.event("html_export").user(user).track();
                        posthog.event("order_paid").user(user).track();
                        posthog.close();
                    }
                }
                """)));
    }

    @Test
    void what_a_person_has_to_decide_is_a_comment() {
        rewriteRun(java("""
                package com.example;

                import com.posthog.java.PostHog;
                import java.util.Map;

                class Users {

                    void track(PostHog posthog, String user, Map<String, Object> properties) {
                        posthog.identify(user, properties);
                        posthog.set(user, properties);
                        posthog.alias(user, "previous");
                        posthog.capture(user, "order completed", properties);
                        posthog.capture(user, "order completed", Map.of("$set", properties));
                        posthog.capture(user, "$groupidentify", Map.of("key", "value"));
                        if (posthog.isFeatureFlagEnabled("flag", user)) {
                            posthog.capture(user, "flag seen");
                        }
                    }
                }
                """, """
                package com.example;

                import dev.internalevents.client.InternalEventsClient;

                import java.util.Map;

                class Users {

                    void track(InternalEventsClient posthog, String user, Map<String, Object> properties) {
                        // TODO(internal-events): there are no profiles of users: remove it, or track an event, such as sign_up, if you count it
                        posthog.identify(user, properties);
                        // TODO(internal-events): there are no profiles of users: remove it, or track an event, such as sign_up, if you count it
                        posthog.set(user, properties);
                        // TODO(internal-events): ids are not merged: use one id for a user from the first event on, or join the ids where you query
                        posthog.alias(user, "previous");
                        // TODO(internal-events): track the event with event(NAME).user(ID).track(); for a map of properties, call map.forEach(event::put) on the builder, and leave out those that begin with a dollar sign
                        posthog.capture(user, "order completed", properties);
                        // TODO(internal-events): track the event with event(NAME).user(ID).track(); for a map of properties, call map.forEach(event::put) on the builder, and leave out those that begin with a dollar sign
                        posthog.capture(user, "order completed", Map.of("$set", properties));
                        // TODO(internal-events): track the event with event(NAME).user(ID).track(); for a map of properties, call map.forEach(event::put) on the builder, and leave out those that begin with a dollar sign
                        posthog.capture(user, "$groupidentify", Map.of("key", "value"));
                        // TODO(internal-events): there are no feature flags: keep PostHog's library for them
                        if (posthog.isFeatureFlagEnabled("flag", user)) {
                            posthog.event("flag_seen").user(user).track();
                        }
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
                      <groupId>com.posthog.java</groupId>
                      <artifactId>posthog</artifactId>
                      <version>1.2.0</version>
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
