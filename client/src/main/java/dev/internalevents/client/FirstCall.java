package dev.internalevents.client;

import dev.internalevents.client.internal.emitter.Rehearsal;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the first call of the process while its first client is built, so that all classes needed by a call are
 * initialized. Otherwise the application's first call might run when the thread's stack is nearly full, and a class
 * whose initialization failed can never be used again in this JVM, on any thread.
 */
final class FirstCall {

    private static final Logger LOG = LoggerFactory.getLogger(FirstCall.class);

    private static volatile boolean made;

    private FirstCall() {}

    /** Tracks an event that is not sent; does nothing if that was done before. */
    static void make() {
        if (made) {
            return;
        }
        try {
            InternalEventsClientBuilder builder = InternalEventsClient.builder()
                    .interceptor(event -> event.properties())
                    .listener(event -> {})
                    .namespaces(project -> project)
                    .productUsageData(false)
                    .optOutExempt(name -> true)
                    .aiContext(true)
                    .servicePingContext(true);
            InternalEventsClient client = new InternalEventsClient(builder, null);
            EventTracker tracker = new EventTracker(builder, null, new EventLimits());
            try (Scope scope =
                    new RequestTracking(EventContext.builder().projectId(1L).build()).makeCurrent()) {
                client.trackEvent("first_call");
                client.trackEvent("first_call", AdditionalProperties.of("k", 1));
                client.trackEvent("first_call", FirstCall.class);
                event(client.event("first_call")).track();
                Rehearsal.of(tracker.tracked(
                        "first_call",
                        InternalEventsClient.DEFAULT_CATEGORY,
                        AdditionalProperties.of("k", List.of("first_call")),
                        EventContext.current(),
                        event(client.event("first_call"))));
                Rehearsal.of(tracker.tracked(
                        "first_call",
                        InternalEventsClient.DEFAULT_CATEGORY,
                        AdditionalProperties.builder().value(1.5).build(),
                        EventContext.current(),
                        client.event("first_call")
                                .aiContext(AiContext.builder().workflowId("w").build())));
            }
            event(new InternalEventsClient(builder.enabled(false), null).event("first_call"))
                    .track();
            ForeignCode.caught(new IllegalStateException(EventLimits.shown(null)));
            made = true;
        } catch (Throwable e) {
            ForeignCode.caught(e);
            LOG.debug("the first call failed; the next client tries again", e);
        }
    }

    private static EventBuilder event(EventBuilder event) {
        return event.user((Object) 1)
                .project(1)
                .namespace(1)
                .plan("premium")
                .featureEnabledByNamespaceIds(1)
                .modelName("model")
                .inputTokens(1)
                .delivery(false)
                .delivery(true)
                .aiContext(AiContext.builder().sessionId(1).inputTokens(1).build())
                .aiContext(null)
                .label("label")
                .value(new BigDecimal("1.5"))
                .put("list", List.of(1.5, true))
                .put("map", Map.of("k", new StringBuilder("v")))
                .put("text", FirstCall.class)
                .context(new SelfDescribingJson(SchemaKey.of("com.example", "first_call", "1-0-0"), Map.of()));
    }
}
