package dev.internalevents.client;

import dev.internalevents.protocol.SelfDescribingJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event with arguments beyond its name; what is set here goes before what the request's context says. Nothing is
 * sent before {@link #track()}. Not safe for use by several threads.
 *
 * <pre>{@code
 * internalEvents.event("request_awesome_feature").user(42).project(7).label("complete_code").track();
 * }</pre>
 */
public final class EventBuilder {

    /** What a disabled client hands out: it keeps nothing. */
    static final EventBuilder DISABLED = new EventBuilder(null, "");

    private final @Nullable InternalEventsClient client;
    private final String name;
    private final AdditionalProperties.Builder properties = AdditionalProperties.builder();
    private final List<SelfDescribingJson> contexts = new ArrayList<>(0);
    private String category = InternalEventsClient.DEFAULT_CATEGORY;
    private @Nullable Object user;
    private @Nullable Long project;
    private @Nullable Long namespace;
    private @Nullable List<Long> featureEnabledByNamespaceIds;
    private @Nullable String plan;

    EventBuilder(@Nullable InternalEventsClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /** The user's id; sent, unlike the one of the request's headers, because it was asked for. */
    public EventBuilder user(long id) {
        if (client != null) {
            user = id;
        }
        return this;
    }

    /** The user's id; sent, unlike the one of the request's headers, because it was asked for. */
    public EventBuilder user(@Nullable String id) {
        if (client != null) {
            user = id;
        }
        return this;
    }

    public EventBuilder project(long id) {
        if (client != null) {
            project = id;
        }
        return this;
    }

    public EventBuilder namespace(long id) {
        if (client != null) {
            namespace = id;
        }
        return this;
    }

    public EventBuilder featureEnabledByNamespaceIds(long... ids) {
        if (client != null) {
            featureEnabledByNamespaceIds = Arrays.stream(ids).boxed().toList();
        }
        return this;
    }

    /** The plan, for example {@code premium}; cut to 32 characters. */
    public EventBuilder plan(@Nullable String plan) {
        if (client != null) {
            this.plan = plan;
        }
        return this;
    }

    /** The label; cut to 4,096 characters. */
    public EventBuilder label(@Nullable String label) {
        if (client != null) {
            properties.label(label);
        }
        return this;
    }

    /** The property; cut to 1,000 characters: 997 and {@code ...}. */
    public EventBuilder property(@Nullable String property) {
        if (client != null) {
            properties.property(property);
        }
        return this;
    }

    /** A number; NaN and infinities are left out. */
    public EventBuilder value(double value) {
        if (client != null) {
            properties.value(value);
        }
        return this;
    }

    /** A whole number. */
    public EventBuilder value(long value) {
        if (client != null) {
            properties.value(value);
        }
        return this;
    }

    /** Any other additional property, see {@link AdditionalProperties.Builder#put}. */
    public EventBuilder put(String key, @Nullable Object value) {
        if (client != null) {
            properties.put(key, value);
        }
        return this;
    }

    /** The part of the code that tracks, as the name of a class. */
    public EventBuilder category(Class<?> category) {
        return category(category.getName());
    }

    /** The part of the code that tracks; {@value InternalEventsClient#DEFAULT_CATEGORY} unless it is set. Cut to 1,000 characters. */
    public EventBuilder category(String category) {
        if (client != null) {
            this.category = Objects.requireNonNull(category, "category");
        }
        return this;
    }

    /** One more context beside {@code gitlab_standard}, for example {@code ai_context}. */
    public EventBuilder context(SelfDescribingJson context) {
        if (client != null) {
            contexts.add(context);
        }
        return this;
    }

    /** Hands the event over, as {@link InternalEventsClient#trackEvent(String)} does. */
    public void track() {
        if (client != null) {
            client.track(name, properties.build(), category, this);
        }
    }

    boolean hasUser() {
        return user != null;
    }

    List<SelfDescribingJson> contexts() {
        return contexts;
    }

    EventContext over(EventContext context) {
        if (user == null
                && project == null
                && namespace == null
                && featureEnabledByNamespaceIds == null
                && plan == null) {
            return context;
        }
        EventContext.Builder builder = context.toBuilder();
        if (user instanceof Long id) {
            builder.userId(id);
        } else if (user instanceof String id) {
            builder.userId(id);
        }
        if (project != null) {
            builder.projectId(project);
        }
        if (namespace != null) {
            builder.namespaceId(namespace);
        }
        if (featureEnabledByNamespaceIds != null) {
            builder.featureEnabledByNamespaceIds(featureEnabledByNamespaceIds);
        }
        if (plan != null) {
            builder.plan(plan);
        }
        return builder.build();
    }
}
