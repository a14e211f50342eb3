package dev.internalevents.client;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The contexts beside {@code gitlab_standard} that a client adds by itself: {@code ai_context}, {@code gitlab_service_ping}. */
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
     * Null if no event can get any.
     *
     * @param aiContext whether every event gets an {@code ai_context}, not only those that a catalog says are about AI
     * @param servicePing whether each event that feeds a metric gets a {@code gitlab_service_ping}
     */
    static @Nullable AutomaticContexts of(boolean aiContext, boolean servicePing, EventCatalogs catalogs) {
        return aiContext || servicePing || !catalogs.isEmpty()
                ? new AutomaticContexts(aiContext, servicePing, catalogs)
                : null;
    }

    /**
     * All contexts of an event beside {@code gitlab_standard}.
     *
     * @param automatic null if the client adds none
     * @param event what the call said; null if that was nothing but properties
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
        // Without definitions nobody knows which metrics there are.
        if (!catalogs.isEmpty() && !catalogs.feedsMetric(name)) {
            return;
        }
        String fitting = ContextLimits.id("gitlab_service_ping.event_name", name, MAX_EVENT_NAME);
        if (fitting != null) {
            all.add(new SelfDescribingJson(SERVICE_PING, Map.of("data_source", DATA_SOURCE, "event_name", fitting)));
        }
    }
}
