package dev.internalevents.client;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.ValueCopy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event with arguments beyond its name; what is set here goes before what the request's context says. Nothing is
 * sent before {@link #track()}. Null means "not given" in every method: it takes back what was
 * set before. No method but {@link #track()} throws. Not safe for use by several threads.
 *
 * <pre>{@code
 * internalEvents.event("request_awesome_feature").user(42).project(7).label("complete_code").track();
 * }</pre>
 */
public final class EventBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(EventBuilder.class);

    /** What a disabled client hands out: it keeps nothing. */
    static final EventBuilder DISABLED = new EventBuilder(null, "", ValueCopy.DEFAULT_MAX_BYTES);

    /** Left out and counted when it is tracked, see {@link ContextLimits#number}; the request's id does not replace it. */
    private static final Long NOT_AN_ID = -1L;

    /** The same for a user, whose id may be any number or text. */
    private static final Object NOT_A_USER = new Object();

    private final @Nullable InternalEventsClient client;
    private final @Nullable String name;
    private final AdditionalProperties.Builder properties;
    private final List<SelfDescribingJson> contexts = new ArrayList<>(0);
    private String category = InternalEventsClient.DEFAULT_CATEGORY;
    private @Nullable Object user;
    private @Nullable Long project;
    private @Nullable Long namespace;
    private @Nullable List<Long> featureEnabledByNamespaceIds;
    private @Nullable String plan;

    /** @param maxBytes see {@link AdditionalProperties.Builder#put} */
    EventBuilder(@Nullable InternalEventsClient client, @Nullable String name, int maxBytes) {
        this.client = client;
        this.name = name;
        this.properties = AdditionalProperties.builder(maxBytes);
    }

    /** The user's id; see {@link #user(Object)}. */
    public EventBuilder user(long id) {
        if (client != null) {
            user = id;
        }
        return this;
    }

    /** The user's id as a text; see {@link #user(Object)}. */
    public EventBuilder user(@Nullable String id) {
        if (client != null) {
            user = id;
        }
        return this;
    }

    /**
     * The user's id; sent, unlike the one of the request's headers, because it was asked for.
     *
     * @param id a whole number of any type and size, a text or a {@link UUID}; null for the request's. With anything else
     *     the event has no user id, which is counted in {@link InternalEventsClient#cutValues()}: NaN and fractions are not
     *     ids, and another object's {@code toString()} might be a whole person
     */
    public EventBuilder user(@Nullable Object id) {
        if (client == null) {
            return this;
        } else if (id instanceof Number number) {
            Object whole = whole(number);
            user = whole == null ? NOT_A_USER : whole;
        } else if (id == null || id instanceof String || id instanceof UUID) {
            user = id == null ? null : id.toString();
        } else {
            user = NOT_A_USER;
            LOG.debug(
                    "user: a {} is not an id; expected a number, a text or a UUID",
                    id.getClass().getName());
        }
        return this;
    }

    /** The project's id. */
    public EventBuilder project(long id) {
        if (client != null) {
            project = id;
        }
        return this;
    }

    /** The project's id, for example a {@code Long} of an entity; left out if it is not a whole number. */
    public EventBuilder project(@Nullable Number id) {
        if (client != null) {
            project = wholeLong(id);
        }
        return this;
    }

    /** The namespace's id. */
    public EventBuilder namespace(long id) {
        if (client != null) {
            namespace = id;
        }
        return this;
    }

    /** The namespace's id, for example a {@code Long} of an entity; left out if it is not a whole number. */
    public EventBuilder namespace(@Nullable Number id) {
        if (client != null) {
            namespace = wholeLong(id);
        }
        return this;
    }

    /** The namespaces that give the user the feature; the first {@value ContextLimits#MAX_NUMBERS} are sent. */
    public EventBuilder featureEnabledByNamespaceIds(long @Nullable ... ids) {
        if (client != null) {
            // One more than are sent, so that the rest is counted.
            featureEnabledByNamespaceIds = ids == null
                    ? null
                    : Arrays.stream(ids)
                            .limit(ContextLimits.MAX_NUMBERS + 1)
                            .boxed()
                            .toList();
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

    /** What the event is about; cut to 4,096 characters. */
    public EventBuilder label(@Nullable String label) {
        if (client != null) {
            properties.label(label);
        }
        return this;
    }

    /** A second text; cut to 1,000 characters: 997 and {@code ...}. */
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

    /** A number of any type; see {@link AdditionalProperties.Builder#value}. */
    public EventBuilder value(@Nullable Number value) {
        if (client != null) {
            properties.value(value);
        }
        return this;
    }

    /** Any other additional property, see {@link AdditionalProperties.Builder#put}. */
    public EventBuilder put(@Nullable String key, @Nullable Object value) {
        if (client != null) {
            properties.put(key, value);
        }
        return this;
    }

    /** The part of the code that tracks, as the name of a class. */
    public EventBuilder category(@Nullable Class<?> category) {
        return category(category == null ? null : category.getName());
    }

    /**
     * The part of the code that tracks, cut to 1,000 characters; default: {@value
     * InternalEventsClient#DEFAULT_CATEGORY}.
     */
    public EventBuilder category(@Nullable String category) {
        if (client != null) {
            this.category = category == null ? InternalEventsClient.DEFAULT_CATEGORY : category;
        }
        return this;
    }

    /** One more context beside {@code gitlab_standard}, for example {@code ai_context}. */
    public EventBuilder context(@Nullable SelfDescribingJson context) {
        if (client != null && context != null) {
            contexts.add(context);
        }
        return this;
    }

    /**
     * Hands the event over, as {@link InternalEventsClient#trackEvent(String)} does. The builder may be changed and tracked
     * again: each call is an event with an id of its own.
     *
     * @throws RefusedEventException if an {@link EventInterceptor} refuses the event
     */
    public void track() {
        if (client != null) {
            client.track(name, null, category, this);
        }
    }

    /**
     * The same number as a long, or as its digits where it is beyond one; null if it is not a whole number or cannot be
     * read. The nearest long would be the id of something else.
     */
    private static @Nullable Object whole(Number id) {
        // A copy has a few hundred digits at most, whatever its exponent.
        Object copy = id instanceof Long ? id : Json.copyOf(id);
        if (copy instanceof Long) {
            return copy;
        }
        try {
            if (copy instanceof Number) {
                BigInteger whole = new BigDecimal(copy.toString()).toBigIntegerExact();
                return whole.bitLength() < Long.SIZE ? (Long) whole.longValue() : whole.toString();
            }
        } catch (ArithmeticException e) {
            // A fraction.
        }
        LOG.debug(
                "a {} is not a whole number that can be sent as an id; the event goes on without",
                id.getClass().getName());
        return null;
    }

    private static @Nullable Long wholeLong(@Nullable Number id) {
        return id == null ? null : whole(id) instanceof Long number ? number : NOT_AN_ID;
    }

    AdditionalProperties properties() {
        return properties.build();
    }

    boolean hasUser() {
        return user != null && user != NOT_A_USER;
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
        } else if (user != null) {
            builder.noUserId();
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
