package dev.internalevents.client;

import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.ValueCopy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds one event with arguments beyond its name; they take precedence over the request's context. Nothing is sent
 * before {@link #track()}. Null means "not given" in every method: it removes the value that was set before, so that
 * the request's value is used. A context field whose value the schema does not allow (see {@link EventContextBuilder})
 * is cut or left out; the request's value does not replace it. No method except {@link #track()} throws. Not safe for
 * use by several threads.
 *
 * <pre>{@code
 * internalEvents.event("request_awesome_feature").user(42).project(7).label("complete_code").track();
 * }</pre>
 */
public final class EventBuilder extends ContextFieldsBuilder<EventBuilder> {

    private static final Logger LOG = LoggerFactory.getLogger(EventBuilder.class);

    /** Of a disabled client: collects nothing, so that a disabled client costs no memory. */
    static final EventBuilder DISABLED = new EventBuilder(null, "", ValueCopy.DEFAULT_MAX_BYTES);

    /** An invalid user id; a separate object, because a user's id may be any number or text. */
    private static final Object NOT_A_USER = new Object();

    private final @Nullable InternalEventsClient client;
    private final @Nullable String name;
    private final AdditionalProperties.Builder properties;
    private final List<SelfDescribingJson> contexts = new ArrayList<>(0);
    private String category = InternalEventsClient.DEFAULT_CATEGORY;
    private @Nullable AiContext aiContext;
    private boolean delivery = true;

    /** The fields set over the request's context, by {@link ContextField#index}; null if there are none. */
    private @Nullable Object @Nullable [] fields;

    /** @param maxBytes see {@link AdditionalProperties.Builder#put} */
    EventBuilder(@Nullable InternalEventsClient client, @Nullable String name, int maxBytes) {
        this.client = client;
        this.name = name;
        this.properties = AdditionalProperties.builder(maxBytes);
    }

    /** The user's id; see {@link #user(Object)}. */
    public EventBuilder user(long id) {
        return set(ContextField.USER_ID, id);
    }

    /** The user's id as a text; see {@link #user(Object)}. */
    public EventBuilder user(@Nullable String id) {
        return set(ContextField.USER_ID, id);
    }

    /**
     * The user's id. Always sent; {@link InternalEventsClientBuilder#sendUserId} governs only the id taken from request
     * headers.
     *
     * @param id a whole number of any type and size, a text or a {@link UUID}; null for the request's id. For any other
     *     value the event has no user id, which is counted in {@link InternalEventsClient#cutValues()}: NaN and
     *     fractions are not ids, and the {@code toString()} of another object might contain all of a person's data
     */
    public EventBuilder user(@Nullable Object id) {
        if (id instanceof Number number) {
            Object whole = WholeNumber.of(number);
            return set(ContextField.USER_ID, whole == null ? NOT_A_USER : whole);
        } else if (id == null || id instanceof String || id instanceof UUID) {
            return set(ContextField.USER_ID, id == null ? null : id.toString());
        }
        LOG.debug(
                "user: a {} is not an id; expected a number, a text or a UUID",
                id.getClass().getName());
        return set(ContextField.USER_ID, NOT_A_USER);
    }

    /** The project's id. */
    public EventBuilder project(long id) {
        return set(ContextField.PROJECT_ID, id);
    }

    /** The project's id, for example a {@code Long} of an entity; left out if it is not a whole number. */
    public EventBuilder project(@Nullable Number id) {
        return set(ContextField.PROJECT_ID, WholeNumber.inLong(id));
    }

    /** The namespace's id. */
    public EventBuilder namespace(long id) {
        return set(ContextField.NAMESPACE_ID, id);
    }

    /** The namespace's id, for example a {@code Long} of an entity; left out if it is not a whole number. */
    public EventBuilder namespace(@Nullable Number id) {
        return set(ContextField.NAMESPACE_ID, WholeNumber.inLong(id));
    }

    /** The namespaces through which the user has the feature; the first {@value ContextLimits#MAX_NUMBERS} are sent. */
    public EventBuilder featureEnabledByNamespaceIds(long @Nullable ... ids) {
        // One more than the limit, so that the excess is counted.
        return set(
                ContextField.FEATURE_ENABLED_BY_NAMESPACE_IDS,
                ids == null || client == null
                        ? null
                        : Arrays.stream(ids)
                                .limit(ContextLimits.MAX_NUMBERS + 1)
                                .boxed()
                                .toList());
    }

    /** The organization's id; left out if it is not a whole number. */
    public EventBuilder organization(@Nullable Number id) {
        return set(ContextField.ORGANIZATION_ID, WholeNumber.inLong(id));
    }

    /** Where the service runs, for example {@code staging}. */
    public EventBuilder environment(@Nullable String environment) {
        return set(ContextField.ENVIRONMENT, environment);
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

    /** The part of the code that tracks the event, as a class name. */
    public EventBuilder category(@Nullable Class<?> category) {
        return category(category == null ? null : category.getName());
    }

    /**
     * The part of the code that tracks the event, cut to 1,000 characters; default, also for an empty text:
     * {@value InternalEventsClient#DEFAULT_CATEGORY}.
     */
    public EventBuilder category(@Nullable String category) {
        if (client != null) {
            this.category = category == null ? InternalEventsClient.DEFAULT_CATEGORY : category;
        }
        return this;
    }

    /**
     * The AI data of the event. Replaces the {@code ai_context} that the client adds by itself
     * ({@link InternalEventsClientBuilder#aiContext}). If it has no session, the event's value is sent as the session.
     */
    public EventBuilder aiContext(@Nullable AiContext aiContext) {
        if (client != null) {
            this.aiContext = aiContext;
        }
        return this;
    }

    /**
     * Whether the event is sent; default: true. With false it is only counted: interceptors and listeners see it, so it
     * is counted in this process, but it does not appear in {@link InternalEventsClient#stats()}. True does not
     * override a client that sends nothing ({@link InternalEventsClientBuilder#delivery}).
     */
    public EventBuilder delivery(boolean delivery) {
        if (client != null) {
            this.delivery = delivery;
        }
        return this;
    }

    /** Adds a context of any schema, beside {@code gitlab_standard} and {@link #aiContext}. */
    public EventBuilder context(@Nullable SelfDescribingJson context) {
        if (client != null && context != null) {
            contexts.add(context);
        }
        return this;
    }

    /**
     * Tracks the event, as {@link InternalEventsClient#trackEvent(String)} does. The builder can be changed and tracked
     * again: each call is a separate event with its own id.
     *
     * @throws RefusedEventException if an {@link EventInterceptor} refuses the event
     */
    public void track() {
        if (client != null) {
            client.track(name, null, category, this);
        }
    }

    AdditionalProperties properties() {
        return properties.build();
    }

    boolean hasUser() {
        Object user = fields == null ? null : fields[ContextField.USER_ID.index()];
        return user != null && user != NOT_A_USER;
    }

    List<SelfDescribingJson> contexts() {
        return contexts;
    }

    @Nullable
    AiContext aiContext() {
        return aiContext;
    }

    boolean isDelivered() {
        return delivery;
    }

    /** Returns the context with the fields that this event sets; the same object if it never set one. */
    EventContext over(EventContext context) {
        if (fields == null) {
            return context;
        }
        EventContextBuilder builder = context.toBuilder();
        for (int i = 0; i < fields.length; i++) {
            Object value = fields[i];
            if (value != null) {
                builder.set(ContextField.ALL.get(i), value);
            }
        }
        return builder.build();
    }

    @Override
    EventBuilder set(ContextField field, @Nullable Object value) {
        @Nullable Object[] known = fields;
        if (known == null) {
            if (value == null || client == null) {
                return this;
            }
            known = new Object[ContextField.COUNT];
            fields = known;
        }
        known[field.index()] = value;
        return this;
    }
}
