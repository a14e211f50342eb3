package dev.internalevents.client;

import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The user, place and instance of a request, which all its events share; sent as the context {@code gitlab_standard}.
 * Immutable; null fields are not sent. {@link ContextField} lists the fields with their names, types and limits.
 */
public final class EventContext {

    /** The schema that is sent. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.gitlab", "gitlab_standard", "1-1-8");

    /** The environment if none is set: {@value}. */
    public static final String DEFAULT_ENVIRONMENT = InternalEventSettings.DEFAULT_ENVIRONMENT;

    /** Bytes that field names, base64 and the envelope add. */
    private static final int FIXED_WEIGHT = 1024;

    /** A map of all fields needs no larger table. */
    private static final int MAP_CAPACITY = 64;

    private static final EventContext EMPTY = builder().build();

    /** By {@link ContextField#index}, each within the schema; null for a field that is not sent. Never changed. */
    final @Nullable Object[] values;

    private final @Nullable String billingRealm;

    /** The root namespace without the claims of a token, see {@link EventContextBuilder#verified}. */
    final @Nullable Long unclaimedRootNamespaceId;

    private final Map<String, Object> extra;

    /** Encoded when the first event needs it. */
    private volatile @Nullable EncodedContext encoded;

    private volatile @Nullable EncodedContext encodedWithoutUser;

    /** @param values belongs to the context from now on */
    EventContext(
            @Nullable Object[] values,
            @Nullable String billingRealm,
            @Nullable Long unclaimedRootNamespaceId,
            Map<String, Object> extra) {
        this.values = values;
        this.billingRealm = billingRealm;
        this.unclaimedRootNamespaceId = unclaimedRootNamespaceId;
        this.extra = extra;
    }

    /** Returns a context with nothing but the default environment. */
    public static EventContext empty() {
        return EMPTY;
    }

    public static EventContextBuilder builder() {
        return new EventContextBuilder();
    }

    /** Returns the context of the request that this thread serves; {@link #empty()} outside a request. */
    public static EventContext current() {
        RequestTracking tracking = RequestTracking.current();
        return tracking == null ? EMPTY : tracking.context();
    }

    /**
     * Makes this the context of the calling thread until the scope is closed. Inside a request, events tracked in the
     * meantime still count for that request.
     */
    public Scope makeCurrent() {
        return RequestTracking.currentWith(this).makeCurrent();
    }

    /** Returns a task that runs with this context, on any thread. */
    public Runnable wrap(Runnable task) {
        return RequestTracking.currentWith(this).wrap(task);
    }

    /** Returns a task that runs with this context, on any thread. */
    public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        return RequestTracking.currentWith(this).wrap(task);
    }

    /** Returns an executor that runs every task with this context. */
    public Executor wrap(Executor executor) {
        return RequestTracking.currentWith(this).wrap(executor);
    }

    /** Returns a builder that starts with this context's fields. */
    public EventContextBuilder toBuilder() {
        return new EventContextBuilder(this);
    }

    /**
     * Returns the context as it is sent.
     *
     * @param ownExtra the event's additional properties that have no field of their own; they override the keys of
     *     {@link #extra()}. The field {@code extra} is left out if both are empty
     */
    public SelfDescribingJson toSelfDescribingJson(Map<String, ?> ownExtra) {
        Map<String, Object> merged = new LinkedHashMap<>(extra);
        merged.putAll(ownExtra);
        return new SelfDescribingJson(SCHEMA, fields(merged));
    }

    /** Returns the fields that are set, by their names on the wire and as they are sent, and this {@code extra}. */
    Map<String, Object> fields(Map<String, ?> mergedExtra) {
        Map<String, Object> map = new LinkedHashMap<>(MAP_CAPACITY);
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                map.put(ContextField.ALL.get(i).wireName(), value instanceof Instant ? value.toString() : value);
            }
        }
        if (!mergedExtra.isEmpty()) {
            map.put("extra", mergedExtra);
        }
        return map;
    }

    /** Returns the beginning of the contexts that an event is sent with; encoded once for all events of a request. */
    EncodedContext encoded(boolean withUser) {
        boolean isWhole = withUser || userId() == null;
        EncodedContext known = isWhole ? encoded : encodedWithoutUser;
        if (known == null) {
            // Two threads may both encode it; the results are equal.
            if (isWhole) {
                known = EncodedContext.of(this);
                encoded = known;
            } else {
                known = EncodedContext.of(toBuilder().userId(null).build());
                encodedWithoutUser = known;
            }
        }
        return known;
    }

    /**
     * Returns roughly how many bytes it adds to an event; estimated from the lengths of its texts until it has been
     * encoded once.
     */
    int weight() {
        EncodedContext known = encoded;
        if (known == null) {
            known = encodedWithoutUser;
        }
        return known == null ? guessedWeight() : known.weight();
    }

    private int guessedWeight() {
        long texts = extra.isEmpty() ? 0 : JsonWriter.size(extra, Integer.MAX_VALUE);
        for (Object value : values) {
            if (value instanceof String text) {
                texts += text.length();
            }
        }
        List<Long> namespaces = featureEnabledByNamespaceIds();
        if (namespaces != null) {
            texts += 20L * namespaces.size();
        }
        // Most texts are short, and then the field names dominate.
        return (int) Math.min(Integer.MAX_VALUE, texts <= FIXED_WEIGHT / 2 ? FIXED_WEIGHT : FIXED_WEIGHT + texts);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventContext context
                && Arrays.equals(values, context.values)
                && extra.equals(context.extra);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(values) + extra.hashCode();
    }

    /** Returns the names of the fields that are set, without their values, which are personal data. */
    @Override
    public String toString() {
        return "EventContext" + fields(extra).keySet();
    }

    /**
     * Where the service runs: {@code production}, {@code staging}, {@code development}, …. Always sent; default:
     * {@value #DEFAULT_ENVIRONMENT}.
     */
    public String environment() {
        return Objects.requireNonNull(text(ContextField.ENVIRONMENT));
    }

    /** The sending application, for example {@code ai-gateway-java}. */
    public @Nullable String source() {
        return text(ContextField.SOURCE);
    }

    /** {@code saas}, {@code self-managed} or {@code dedicated}; null for anything else. */
    public @Nullable String realm() {
        return text(ContextField.REALM);
    }

    /**
     * The realm as billing names it: {@code SaaS}, {@code SM} or {@code Dedicated}; null for anything else. Unlike
     * {@link #realm()}, it is also set if the realm was given as {@code SaaS}, {@code SM} or in another case.
     */
    public @Nullable String billingRealm() {
        return billingRealm;
    }

    /** The GitLab instance. */
    public @Nullable String instanceId() {
        return text(ContextField.INSTANCE_ID);
    }

    /** The unique instance id from the verified token ({@code gitlab_instance_uid}). */
    public @Nullable String uniqueInstanceId() {
        return text(ContextField.UNIQUE_INSTANCE_ID);
    }

    /** The instance's host. */
    public @Nullable String hostName() {
        return text(ContextField.HOST_NAME);
    }

    /** The instance's version. */
    public @Nullable String instanceVersion() {
        return text(ContextField.INSTANCE_VERSION);
    }

    /** The user's pseudonymous id, the same across instances. */
    public @Nullable String globalUserId() {
        return text(ContextField.GLOBAL_USER_ID);
    }

    /**
     * The user's id on the instance, a {@code Long} or a {@code String}. If it comes from a request, it is sent only if
     * the client is configured to ({@link InternalEventsClientBuilder#sendUserId}).
     */
    public @Nullable Object userId() {
        return value(ContextField.USER_ID);
    }

    /** The kind of user: {@code human}, {@code service_account}, {@code bot}, …. */
    public @Nullable String userType() {
        return text(ContextField.USER_TYPE);
    }

    /** Whether the user belongs to GitLab's team. */
    public @Nullable Boolean gitlabTeamMember() {
        return (Boolean) value(ContextField.GITLAB_TEAM_MEMBER);
    }

    /** The namespaces through which the user has the feature. */
    @SuppressWarnings("unchecked") // A builder stores nothing else.
    public @Nullable List<Long> featureEnabledByNamespaceIds() {
        return (List<Long>) value(ContextField.FEATURE_ENABLED_BY_NAMESPACE_IDS);
    }

    /** How the feature was enabled. */
    public @Nullable String featureEnablementType() {
        return text(ContextField.FEATURE_ENABLEMENT_TYPE);
    }

    /** The root namespace. */
    public @Nullable Long ultimateParentNamespaceId() {
        return number(ContextField.ULTIMATE_PARENT_NAMESPACE_ID);
    }

    /** The kind of client, for example {@code ide}. */
    public @Nullable String clientType() {
        return text(ContextField.CLIENT_TYPE);
    }

    /** The client's name. */
    public @Nullable String clientName() {
        return text(ContextField.CLIENT_NAME);
    }

    /** The client's version. */
    public @Nullable String clientVersion() {
        return text(ContextField.CLIENT_VERSION);
    }

    /** The part of the user interface, field {@code interface}. */
    public @Nullable String clientInterface() {
        return text(ContextField.CLIENT_INTERFACE);
    }

    /** The project. */
    public @Nullable Long projectId() {
        return number(ContextField.PROJECT_ID);
    }

    /** The namespace. */
    public @Nullable Long namespaceId() {
        return number(ContextField.NAMESPACE_ID);
    }

    /** The organization. */
    public @Nullable Long organizationId() {
        return number(ContextField.ORGANIZATION_ID);
    }

    /** The plan, for example {@code premium}; at most 32 characters. */
    public @Nullable String plan() {
        return text(ContextField.PLAN);
    }

    /** The feature's category. */
    public @Nullable String featureCategory() {
        return text(ContextField.FEATURE_CATEGORY);
    }

    /**
     * How the instance is deployed: {@code .com}, {@code self-managed} or {@code dedicated}; null for anything else.
     */
    public @Nullable String deploymentType() {
        return text(ContextField.DEPLOYMENT_TYPE);
    }

    /** The Google Analytics client. */
    public @Nullable String googleAnalyticsId() {
        return text(ContextField.GOOGLE_ANALYTICS_ID);
    }

    /** Tokens that went into a model. */
    public @Nullable Long inputTokens() {
        return number(ContextField.INPUT_TOKENS);
    }

    /** Tokens that came out of a model. */
    public @Nullable Long outputTokens() {
        return number(ContextField.OUTPUT_TOKENS);
    }

    /** Total tokens. */
    public @Nullable Long totalTokens() {
        return number(ContextField.TOTAL_TOKENS);
    }

    /** The engine of the model. */
    public @Nullable String modelEngine() {
        return text(ContextField.MODEL_ENGINE);
    }

    /** The model. */
    public @Nullable String modelName() {
        return text(ContextField.MODEL_NAME);
    }

    /** The provider of the model. */
    public @Nullable String modelProvider() {
        return text(ContextField.MODEL_PROVIDER);
    }

    /** When the context was built; sent as ISO-8601. */
    public @Nullable Instant contextGeneratedAt() {
        return (Instant) value(ContextField.CONTEXT_GENERATED_AT);
    }

    /** The request's id. */
    public @Nullable String correlationId() {
        return text(ContextField.CORRELATION_ID);
    }

    /**
     * The keys that every event of the request has in its {@code extra}; for a key that an event sets too, the event's
     * value wins.
     */
    public Map<String, Object> extra() {
        return extra;
    }

    private @Nullable Object value(ContextField field) {
        return values[field.index()];
    }

    private @Nullable String text(ContextField field) {
        return (String) values[field.index()];
    }

    private @Nullable Long number(ContextField field) {
        return (Long) values[field.index()];
    }
}
