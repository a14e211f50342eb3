package dev.internalevents.client;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contexts that a client adds by itself beside {@code gitlab_standard}: {@code ai_context} and
 * {@code gitlab_service_ping}.
 */
final class AutomaticContexts {

    static final SchemaKey SERVICE_PING = SchemaKey.of("com.gitlab", "gitlab_service_ping", "1-0-1");

    private static final String DATA_SOURCE = "redis_hll";
    private static final int MAX_EVENT_NAME = 128;

    private final boolean aiContext;
    private final boolean servicePing;
    private final EventCatalogs catalogs;

    private AutomaticContexts(boolean aiContext, boolean servicePing, EventCatalogs catalogs) {
        this.aiContext = aiContext;
        this.servicePing = servicePing;
        this.catalogs = catalogs;
    }

    /**
     * Returns null if no event can get an automatic context.
     *
     * @param aiContext whether every event gets an {@code ai_context}, not only those that a catalog marks as about AI
     * @param servicePing whether each event that feeds a metric gets a {@code gitlab_service_ping}
     */
    static @Nullable AutomaticContexts of(boolean aiContext, boolean servicePing, EventCatalogs catalogs) {
        return aiContext || servicePing || !catalogs.isEmpty()
                ? new AutomaticContexts(aiContext, servicePing, catalogs)
                : null;
    }

    /**
     * Returns all contexts of an event except {@code gitlab_standard}.
     *
     * @param automatic null if the client adds no contexts
     * @param event the event's builder; null if the call passed only properties
     */
    static List<SelfDescribingJson> of(
            @Nullable AutomaticContexts automatic,
            String name,
            AdditionalProperties properties,
            EventContext context,
            @Nullable EventBuilder event) {
        List<SelfDescribingJson> own = event == null ? List.of() : event.contexts();
        AiContext given = event == null ? null : event.aiContext();
        if (given == null && automatic == null) {
            return List.copyOf(own);
        }
        List<SelfDescribingJson> all = new ArrayList<>(own.size() + 2);
        if (given != null) {
            all.add(given.withSession(properties.value()).toSelfDescribingJson());
        } else if (automatic != null && !has(own, AiContext.SCHEMA)) {
            automatic.addAiContext(all, name, properties, context);
        }
        if (automatic != null && automatic.servicePing && !has(own, SERVICE_PING)) {
            automatic.addServicePing(all, name);
        }
        all.addAll(own);
        return List.copyOf(all);
    }

    private static boolean has(List<SelfDescribingJson> contexts, SchemaKey schema) {
        for (SelfDescribingJson context : contexts) {
            if (context.schema().isSameSchemaAs(schema)) {
                return true;
            }
        }
        return false;
    }

    private void addAiContext(
            List<SelfDescribingJson> all, String name, AdditionalProperties properties, EventContext context) {
        boolean isAboutAi = catalogs.isAboutAi(name);
        if (aiContext || isAboutAi) {
            all.add(DerivedAiContext.of(properties, context, isAboutAi).toSelfDescribingJson());
        }
    }

    private void addServicePing(List<SelfDescribingJson> all, String name) {
        // Without definitions the metrics are unknown, so every event gets the context.
        if (!catalogs.isEmpty() && !catalogs.feedsMetric(name)) {
            return;
        }
        String fitting = ContextLimits.id("gitlab_service_ping.event_name", name, MAX_EVENT_NAME);
        if (fitting != null) {
            all.add(new SelfDescribingJson(SERVICE_PING, Map.of("data_source", DATA_SOURCE, "event_name", fitting)));
        }
    }
}
