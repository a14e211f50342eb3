package dev.internalevents.client;

import dev.internalevents.protocol.SelfDescribingJson;
import java.time.Instant;
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
public final class EventBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(EventBuilder.class);

    /** An invalid user id; a separate object, because a user's id may be any number or text. */
    private static final Object NOT_A_USER = new Object();

    private final InternalEventsClient client;
    private final @Nullable String name;
    private final AdditionalProperties.Builder properties;
    private final List<SelfDescribingJson> contexts = new ArrayList<>(0);
    private String category = InternalEventsClient.DEFAULT_CATEGORY;
    private @Nullable AiContext aiContext;
    private boolean delivery = true;

    /** The fields set over the request's context, by {@link ContextField#index}; null if there are none. */
    private @Nullable Object @Nullable [] fields;

    /** @param maxBytes see {@link AdditionalProperties.Builder#put} */
    EventBuilder(InternalEventsClient client, @Nullable String name, int maxBytes) {
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
     * The user's id. Always sent; {@link InternalEventsClientBuilder#sendUserId} governs only the id taken from
     * request headers.
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
                ids == null
                        ? null
                        : Arrays.stream(ids)
                                .limit(ContextLimits.MAX_NUMBERS + 1)
                                .boxed()
                                .toList());
    }

    /** The plan, for example {@code premium}; cut to 32 characters. */
    public EventBuilder plan(@Nullable String plan) {
        return set(ContextField.PLAN, plan);
    }

    /** The organization's id; left out if it is not a whole number. */
    public EventBuilder organization(@Nullable Number id) {
        return set(ContextField.ORGANIZATION_ID, WholeNumber.inLong(id));
    }

    /** The root namespace's id; left out if it is not a whole number. */
    public EventBuilder ultimateParentNamespaceId(@Nullable Number id) {
        return set(ContextField.ULTIMATE_PARENT_NAMESPACE_ID, WholeNumber.inLong(id));
    }

    /** The feature's category, for example {@code code_suggestions}. */
    public EventBuilder featureCategory(@Nullable String featureCategory) {
        return set(ContextField.FEATURE_CATEGORY, featureCategory);
    }

    /** How the feature was enabled, for example {@code duo_pro}. */
    public EventBuilder featureEnablementType(@Nullable String featureEnablementType) {
        return set(ContextField.FEATURE_ENABLEMENT_TYPE, featureEnablementType);
    }

    /** Tokens that went into a model. */
    public EventBuilder inputTokens(@Nullable Number tokens) {
        return set(ContextField.INPUT_TOKENS, WholeNumber.inLong(tokens));
    }

    /** Tokens that came out of a model. */
    public EventBuilder outputTokens(@Nullable Number tokens) {
        return set(ContextField.OUTPUT_TOKENS, WholeNumber.inLong(tokens));
    }

    /** Total tokens. */
    public EventBuilder totalTokens(@Nullable Number tokens) {
        return set(ContextField.TOTAL_TOKENS, WholeNumber.inLong(tokens));
    }

    /** The engine of the model, for example {@code anthropic}. */
    public EventBuilder modelEngine(@Nullable String modelEngine) {
        return set(ContextField.MODEL_ENGINE, modelEngine);
    }

    /** The model. */
    public EventBuilder modelName(@Nullable String modelName) {
        return set(ContextField.MODEL_NAME, modelName);
    }

    /** The provider of the model. */
    public EventBuilder modelProvider(@Nullable String modelProvider) {
        return set(ContextField.MODEL_PROVIDER, modelProvider);
    }

    /** The kind of user: {@code human}, {@code service_account}, {@code bot}, …. */
    public EventBuilder userType(@Nullable String userType) {
        return set(ContextField.USER_TYPE, userType);
    }

    /** The user's pseudonymous id, the same across instances. */
    public EventBuilder globalUserId(@Nullable String globalUserId) {
        return set(ContextField.GLOBAL_USER_ID, globalUserId);
    }

    /** Whether the user belongs to GitLab's own team. */
    public EventBuilder gitlabTeamMember(@Nullable Boolean gitlabTeamMember) {
        return set(ContextField.GITLAB_TEAM_MEMBER, gitlabTeamMember);
    }

    /** {@code saas}, {@code self-managed} or {@code dedicated}; anything else is left out. */
    public EventBuilder realm(@Nullable String realm) {
        return set(ContextField.REALM, realm);
    }

    /** {@code .com}, {@code self-managed} or {@code dedicated}; anything else is left out. */
    public EventBuilder deploymentType(@Nullable String deploymentType) {
        return set(ContextField.DEPLOYMENT_TYPE, deploymentType);
    }

    /** The GitLab instance. */
    public EventBuilder instanceId(@Nullable String instanceId) {
        return set(ContextField.INSTANCE_ID, instanceId);
    }

    /** The unique instance id from the verified token. */
    public EventBuilder uniqueInstanceId(@Nullable String uniqueInstanceId) {
        return set(ContextField.UNIQUE_INSTANCE_ID, uniqueInstanceId);
    }

    /** The instance's version. */
    public EventBuilder instanceVersion(@Nullable String instanceVersion) {
        return set(ContextField.INSTANCE_VERSION, instanceVersion);
    }

    /** The instance's host. */
    public EventBuilder hostName(@Nullable String hostName) {
        return set(ContextField.HOST_NAME, hostName);
    }

    /** The kind of client, for example {@code ide}. */
    public EventBuilder clientType(@Nullable String clientType) {
        return set(ContextField.CLIENT_TYPE, clientType);
    }

    /** The client's name. */
    public EventBuilder clientName(@Nullable String clientName) {
        return set(ContextField.CLIENT_NAME, clientName);
    }

    /** The client's version. */
    public EventBuilder clientVersion(@Nullable String clientVersion) {
        return set(ContextField.CLIENT_VERSION, clientVersion);
    }

    /** The part of the user interface, field {@code interface}. */
    public EventBuilder clientInterface(@Nullable String clientInterface) {
        return set(ContextField.CLIENT_INTERFACE, clientInterface);
    }

    /** Where the service runs, for example {@code staging}. */
    public EventBuilder environment(@Nullable String environment) {
        return set(ContextField.ENVIRONMENT, environment);
    }

    /** The sending application. */
    public EventBuilder source(@Nullable String source) {
        return set(ContextField.SOURCE, source);
    }

    /** The Google Analytics client. */
    public EventBuilder googleAnalyticsId(@Nullable String googleAnalyticsId) {
        return set(ContextField.GOOGLE_ANALYTICS_ID, googleAnalyticsId);
    }

    /** The request's id. */
    public EventBuilder correlationId(@Nullable String correlationId) {
        return set(ContextField.CORRELATION_ID, correlationId);
    }

    /** When the context was built; sent as ISO-8601. */
    public EventBuilder contextGeneratedAt(@Nullable Instant contextGeneratedAt) {
        return set(ContextField.CONTEXT_GENERATED_AT, contextGeneratedAt);
    }

    /** What the event is about; cut to 4,096 characters. */
    public EventBuilder label(@Nullable String label) {
        properties.label(label);
        return this;
    }

    /** A second text; cut to 1,000 characters: 997 and {@code ...}. */
    public EventBuilder property(@Nullable String property) {
        properties.property(property);
        return this;
    }

    /** A number; NaN and infinities are left out. */
    public EventBuilder value(double value) {
        properties.value(value);
        return this;
    }

    /** A whole number. */
    public EventBuilder value(long value) {
        properties.value(value);
        return this;
    }

    /** A number of any type; see {@link AdditionalProperties.Builder#value}. */
    public EventBuilder value(@Nullable Number value) {
        properties.value(value);
        return this;
    }

    /** Any other additional property, see {@link AdditionalProperties.Builder#put}. */
    public EventBuilder put(@Nullable String key, @Nullable Object value) {
        properties.put(key, value);
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
        this.category = category == null ? InternalEventsClient.DEFAULT_CATEGORY : category;
        return this;
    }

    /**
     * The AI data of the event. Replaces the {@code ai_context} that the client adds by itself
     * ({@link InternalEventsClientBuilder#aiContext}). If it has no session, the event's value is sent as the session.
     */
    public EventBuilder aiContext(@Nullable AiContext aiContext) {
        this.aiContext = aiContext;
        return this;
    }

    /**
     * Whether the event is sent; default: true. With false it is only counted: interceptors and listeners see it, so it
     * is counted in this process, but it does not appear in {@link InternalEventsClient#stats()}. True does not
     * override a client that sends nothing ({@link InternalEventsClientBuilder#delivery}).
     */
    public EventBuilder delivery(boolean delivery) {
        this.delivery = delivery;
        return this;
    }

    /** Adds a context of any schema, beside {@code gitlab_standard} and {@link #aiContext}. */
    public EventBuilder context(@Nullable SelfDescribingJson context) {
        if (context != null) {
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
        client.track(name, null, category, this);
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

    private EventBuilder set(ContextField field, @Nullable Object value) {
        @Nullable Object[] known = fields;
        if (known == null) {
            if (value == null) {
                return this;
            }
            known = new Object[ContextField.COUNT];
            fields = known;
        }
        known[field.index()] = value;
        return this;
    }
}
