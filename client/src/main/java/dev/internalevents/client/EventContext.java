package dev.internalevents.client;

import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The user, place and instance of a request, which all its events share; sent as the context {@code gitlab_standard}.
 * Immutable; null fields are not sent.
 */
public final class EventContext {

    /** The schema that is sent. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.gitlab", "gitlab_standard", "1-1-8");

    /** The environment if none is set: {@value}. */
    public static final String DEFAULT_ENVIRONMENT = InternalEventSettings.DEFAULT_ENVIRONMENT;

    private static final Set<String> REALMS = Set.of("saas", "self-managed", "dedicated");
    private static final Set<String> DEPLOYMENT_TYPES = Set.of(".com", "self-managed", "dedicated");

    /** Bytes that field names, base64 and the envelope add. */
    private static final int FIXED_WEIGHT = 1024;

    private static final EventContext EMPTY = builder().build();

    private final String environment;
    private final @Nullable String source;
    private final @Nullable String realm;
    private final @Nullable String billingRealm;
    private final @Nullable String instanceId;
    private final @Nullable String uniqueInstanceId;
    private final @Nullable String hostName;
    private final @Nullable String instanceVersion;
    private final @Nullable String globalUserId;
    private final @Nullable Object userId;
    private final @Nullable String userType;
    private final @Nullable Boolean gitlabTeamMember;
    private final @Nullable List<Long> featureEnabledByNamespaceIds;
    private final @Nullable String featureEnablementType;
    private final @Nullable Long ultimateParentNamespaceId;
    private final @Nullable Long unclaimedRootNamespaceId;
    private final @Nullable String clientType;
    private final @Nullable String clientName;
    private final @Nullable String clientVersion;
    private final @Nullable String clientInterface;
    private final @Nullable Long projectId;
    private final @Nullable Long namespaceId;
    private final @Nullable Long organizationId;
    private final @Nullable String plan;
    private final @Nullable String featureCategory;
    private final @Nullable String deploymentType;
    private final @Nullable String googleAnalyticsId;
    private final @Nullable Long inputTokens;
    private final @Nullable Long outputTokens;
    private final @Nullable Long totalTokens;
    private final @Nullable String modelEngine;
    private final @Nullable String modelName;
    private final @Nullable String modelProvider;
    private final @Nullable Instant contextGeneratedAt;
    private final @Nullable String correlationId;
    private final Map<String, Object> extra;

    private volatile @Nullable EncodedContext encoded;
    private volatile @Nullable EncodedContext encodedWithoutUser;

    private EventContext(Builder builder) {
        this.environment = builder.environment;
        this.source = builder.source;
        this.realm = builder.realm;
        this.billingRealm = builder.billingRealm;
        this.instanceId = builder.instanceId;
        this.uniqueInstanceId = builder.uniqueInstanceId;
        this.hostName = builder.hostName;
        this.instanceVersion = builder.instanceVersion;
        this.globalUserId = builder.globalUserId;
        this.userId = builder.userId;
        this.userType = builder.userType;
        this.gitlabTeamMember = builder.gitlabTeamMember;
        this.featureEnabledByNamespaceIds = builder.featureEnabledByNamespaceIds;
        this.featureEnablementType = builder.featureEnablementType;
        this.ultimateParentNamespaceId = builder.ultimateParentNamespaceId;
        this.unclaimedRootNamespaceId = builder.unclaimedRootNamespaceId;
        this.clientType = builder.clientType;
        this.clientName = builder.clientName;
        this.clientVersion = builder.clientVersion;
        this.clientInterface = builder.clientInterface;
        this.projectId = builder.projectId;
        this.namespaceId = builder.namespaceId;
        this.organizationId = builder.organizationId;
        this.plan = builder.plan;
        this.featureCategory = builder.featureCategory;
        this.deploymentType = builder.deploymentType;
        this.googleAnalyticsId = builder.googleAnalyticsId;
        this.inputTokens = builder.inputTokens;
        this.outputTokens = builder.outputTokens;
        this.totalTokens = builder.totalTokens;
        this.modelEngine = builder.modelEngine;
        this.modelName = builder.modelName;
        this.modelProvider = builder.modelProvider;
        this.contextGeneratedAt = builder.contextGeneratedAt;
        this.correlationId = builder.correlationId;
        this.extra = builder.extra;
    }

    /** Returns a context with nothing but the default environment. */
    public static EventContext empty() {
        return EMPTY;
    }

    public static Builder builder() {
        return new Builder();
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
        return tracking().makeCurrent();
    }

    /** Returns a task that runs with this context, on any thread. */
    public Runnable wrap(Runnable task) {
        return tracking().wrap(task);
    }

    /** Returns a task that runs with this context, on any thread. */
    public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        return tracking().wrap(task);
    }

    /** Returns an executor that runs every task with this context. */
    public Executor wrap(Executor executor) {
        return tracking().wrap(executor);
    }

    private RequestTracking tracking() {
        RequestTracking current = RequestTracking.current();
        return current == null ? new RequestTracking(this) : current.with(this);
    }

    /** Returns a builder that starts with this context's fields. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.environment = environment;
        builder.source = source;
        builder.realm = realm;
        builder.billingRealm = billingRealm;
        builder.instanceId = instanceId;
        builder.uniqueInstanceId = uniqueInstanceId;
        builder.hostName = hostName;
        builder.instanceVersion = instanceVersion;
        builder.globalUserId = globalUserId;
        builder.userId = userId;
        builder.userType = userType;
        builder.gitlabTeamMember = gitlabTeamMember;
        builder.featureEnabledByNamespaceIds = featureEnabledByNamespaceIds;
        builder.featureEnablementType = featureEnablementType;
        builder.ultimateParentNamespaceId = ultimateParentNamespaceId;
        builder.unclaimedRootNamespaceId = unclaimedRootNamespaceId;
        builder.clientType = clientType;
        builder.clientName = clientName;
        builder.clientVersion = clientVersion;
        builder.clientInterface = clientInterface;
        builder.projectId = projectId;
        builder.namespaceId = namespaceId;
        builder.organizationId = organizationId;
        builder.plan = plan;
        builder.featureCategory = featureCategory;
        builder.deploymentType = deploymentType;
        builder.googleAnalyticsId = googleAnalyticsId;
        builder.inputTokens = inputTokens;
        builder.outputTokens = outputTokens;
        builder.totalTokens = totalTokens;
        builder.modelEngine = modelEngine;
        builder.modelName = modelName;
        builder.modelProvider = modelProvider;
        builder.contextGeneratedAt = contextGeneratedAt;
        builder.correlationId = correlationId;
        builder.extra = extra;
        return builder;
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
        return new SelfDescribingJson(SCHEMA, toMap(merged));
    }

    /** Returns the beginning of the contexts that an event is sent with; encoded once for all events of a request. */
    EncodedContext encoded(boolean withUser) {
        boolean whole = withUser || userId == null;
        EncodedContext known = whole ? encoded : encodedWithoutUser;
        if (known == null) {
            // Two threads may both encode it; the results are equal.
            EventContext sent = whole ? this : toBuilder().userId(null).build();
            known = EncodedContext.of(new SelfDescribingJson(SCHEMA, sent.toMap(Map.of())), extra);
            if (whole) {
                encoded = known;
            } else {
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
        long texts = (long) environment.length()
                + length(source)
                + length(realm)
                + length(instanceId)
                + length(uniqueInstanceId)
                + length(hostName)
                + length(instanceVersion)
                + length(globalUserId)
                + (userId instanceof String user ? user.length() : 0)
                + length(featureEnablementType)
                + length(clientType)
                + length(clientName)
                + length(clientVersion)
                + length(clientInterface)
                + length(plan)
                + length(featureCategory)
                + length(deploymentType)
                + length(googleAnalyticsId)
                + length(modelEngine)
                + length(modelName)
                + length(modelProvider)
                + length(correlationId)
                + length(userType)
                + (extra.isEmpty() ? 0 : JsonWriter.size(extra, Integer.MAX_VALUE))
                + (featureEnabledByNamespaceIds == null ? 0 : 20L * featureEnabledByNamespaceIds.size());
        // Most texts are short, and then the field names dominate.
        return (int) Math.min(Integer.MAX_VALUE, texts <= FIXED_WEIGHT / 2 ? FIXED_WEIGHT : FIXED_WEIGHT + texts);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private Map<String, Object> toMap(Map<String, ?> mergedExtra) {
        Map<String, Object> map = new LinkedHashMap<>();
        put(map, "environment", environment);
        put(map, "source", source);
        put(map, "realm", realm);
        put(map, "instance_id", instanceId);
        put(map, "unique_instance_id", uniqueInstanceId);
        put(map, "host_name", hostName);
        put(map, "instance_version", instanceVersion);
        put(map, "global_user_id", globalUserId);
        put(map, "user_id", userId);
        put(map, "user_type", userType);
        put(map, "is_gitlab_team_member", gitlabTeamMember);
        put(map, "feature_enabled_by_namespace_ids", featureEnabledByNamespaceIds);
        put(map, "feature_enablement_type", featureEnablementType);
        put(map, "ultimate_parent_namespace_id", ultimateParentNamespaceId);
        put(map, "client_type", clientType);
        put(map, "client_name", clientName);
        put(map, "client_version", clientVersion);
        put(map, "interface", clientInterface);
        put(map, "project_id", projectId);
        put(map, "namespace_id", namespaceId);
        put(map, "organization_id", organizationId);
        put(map, "plan", plan);
        put(map, "feature_category", featureCategory);
        put(map, "deployment_type", deploymentType);
        put(map, "google_analytics_id", googleAnalyticsId);
        put(map, "input_tokens", inputTokens);
        put(map, "output_tokens", outputTokens);
        put(map, "total_tokens", totalTokens);
        put(map, "model_engine", modelEngine);
        put(map, "model_name", modelName);
        put(map, "model_provider", modelProvider);
        put(map, "context_generated_at", contextGeneratedAt == null ? null : contextGeneratedAt.toString());
        put(map, "correlation_id", correlationId);
        put(map, "extra", mergedExtra.isEmpty() ? null : mergedExtra);
        return map;
    }

    private static void put(Map<String, Object> map, String field, @Nullable Object value) {
        if (value != null) {
            map.put(field, value);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventContext context && toMap(extra).equals(context.toMap(context.extra));
    }

    @Override
    public int hashCode() {
        return toMap(extra).hashCode();
    }

    /** Returns the names of the fields that are set, without their values, which are personal data. */
    @Override
    public String toString() {
        return "EventContext" + toMap(extra).keySet();
    }

    /**
     * Where the service runs: {@code production}, {@code staging}, {@code development}, …. Always sent; default:
     * {@value #DEFAULT_ENVIRONMENT}.
     */
    public String environment() {
        return environment;
    }

    /** The sending application, for example {@code ai-gateway-java}. */
    public @Nullable String source() {
        return source;
    }

    /** {@code saas}, {@code self-managed} or {@code dedicated}; null for anything else. */
    public @Nullable String realm() {
        return realm;
    }

    /**
     * The realm as billing names it: {@code SaaS}, {@code SM} or {@code Dedicated}; null for anything else. Unlike
     * {@link #realm()}, it is also set if the realm was given as {@code SaaS}, {@code SM} or in another case.
     */
    public @Nullable String billingRealm() {
        return billingRealm;
    }

    private static @Nullable String billing(String realm) {
        return switch (realm.toLowerCase(Locale.ROOT)) {
            case "saas" -> "SaaS";
            case "self-managed", "sm" -> "SM";
            case "dedicated" -> "Dedicated";
            default -> null;
        };
    }

    /** The GitLab instance. */
    public @Nullable String instanceId() {
        return instanceId;
    }

    /** The unique instance id from the verified token ({@code gitlab_instance_uid}). */
    public @Nullable String uniqueInstanceId() {
        return uniqueInstanceId;
    }

    /** The instance's host. */
    public @Nullable String hostName() {
        return hostName;
    }

    /** The instance's version. */
    public @Nullable String instanceVersion() {
        return instanceVersion;
    }

    /** The user's pseudonymous id, the same across instances. */
    public @Nullable String globalUserId() {
        return globalUserId;
    }

    /**
     * The user's id on the instance, a {@code Long} or a {@code String}. If it comes from a request, it is sent only if
     * the client is configured to ({@link InternalEventsClient.Builder#sendUserId}).
     */
    public @Nullable Object userId() {
        return userId;
    }

    /** The kind of user: {@code human}, {@code service_account}, {@code bot}, …. */
    public @Nullable String userType() {
        return userType;
    }

    /** Whether the user belongs to GitLab's team. */
    public @Nullable Boolean gitlabTeamMember() {
        return gitlabTeamMember;
    }

    /** The namespaces through which the user has the feature. */
    public @Nullable List<Long> featureEnabledByNamespaceIds() {
        return featureEnabledByNamespaceIds;
    }

    /** How the feature was enabled. */
    public @Nullable String featureEnablementType() {
        return featureEnablementType;
    }

    /** The root namespace. */
    public @Nullable Long ultimateParentNamespaceId() {
        return ultimateParentNamespaceId;
    }

    /** The kind of client, for example {@code ide}. */
    public @Nullable String clientType() {
        return clientType;
    }

    /** The client's name. */
    public @Nullable String clientName() {
        return clientName;
    }

    /** The client's version. */
    public @Nullable String clientVersion() {
        return clientVersion;
    }

    /** The part of the user interface, field {@code interface}. */
    public @Nullable String clientInterface() {
        return clientInterface;
    }

    /** The project. */
    public @Nullable Long projectId() {
        return projectId;
    }

    /** The namespace. */
    public @Nullable Long namespaceId() {
        return namespaceId;
    }

    /** The organization. */
    public @Nullable Long organizationId() {
        return organizationId;
    }

    /** The plan, for example {@code premium}; at most 32 characters. */
    public @Nullable String plan() {
        return plan;
    }

    /** The feature's category. */
    public @Nullable String featureCategory() {
        return featureCategory;
    }

    /** How the instance is deployed: {@code .com}, {@code self-managed} or {@code dedicated}; null for anything else. */
    public @Nullable String deploymentType() {
        return deploymentType;
    }

    /** The Google Analytics client. */
    public @Nullable String googleAnalyticsId() {
        return googleAnalyticsId;
    }

    /** Tokens that went into a model. */
    public @Nullable Long inputTokens() {
        return inputTokens;
    }

    /** Tokens that came out of a model. */
    public @Nullable Long outputTokens() {
        return outputTokens;
    }

    /** Total tokens. */
    public @Nullable Long totalTokens() {
        return totalTokens;
    }

    /** The engine of the model. */
    public @Nullable String modelEngine() {
        return modelEngine;
    }

    /** The model. */
    public @Nullable String modelName() {
        return modelName;
    }

    /** The provider of the model. */
    public @Nullable String modelProvider() {
        return modelProvider;
    }

    /** When the context was built; sent as ISO-8601. */
    public @Nullable Instant contextGeneratedAt() {
        return contextGeneratedAt;
    }

    /** The request's id. */
    public @Nullable String correlationId() {
        return correlationId;
    }

    /**
     * The keys that every event of the request has in its {@code extra}; for a key that an event sets too, the event's
     * value wins.
     */
    public Map<String, Object> extra() {
        return extra;
    }

    /**
     * Collects the fields; each can be set again, and null removes it. Not safe for use by several threads.
     *
     * <p>Values are kept within the schema, because a value outside it makes every event of the context bad. A text
     * that is too long is cut: {@code environment}, {@code source} and {@code plan} at 32 characters; the type, name
     * and version of the client, the model's fields and {@code feature_enablement_type} at 64; {@code interface},
     * {@code instance_version}, {@code user_type} and {@code feature_category} at 255. An id that is too long is left
     * out: {@code google_analytics_id} of more than 32 characters; {@code global_user_id} and {@code correlation_id} of
     * more than 64; {@code user_id}, {@code host_name} and the ids of the instance of more than 255. Numbers that are
     * not from 0 to 2,147,483,647 are left out too, except that such a user id is sent as text. The first 1,000
     * {@code feature_enabled_by_namespace_ids} are sent. A {@code realm} or {@code deployment_type} that the schema
     * does not know is left out, and so is an {@code extra} of more than 4,096 bytes; in a smaller one, keys beyond 50
     * and keys nested more deeply than 4 levels are left out. Each case is counted in
     * {@link InternalEventsClient#cutValues()}.
     */
    public static final class Builder {

        private String environment = DEFAULT_ENVIRONMENT;
        private @Nullable String source;
        private @Nullable String realm;
        private @Nullable String billingRealm;
        private @Nullable String instanceId;
        private @Nullable String uniqueInstanceId;
        private @Nullable String hostName;
        private @Nullable String instanceVersion;
        private @Nullable String globalUserId;
        private @Nullable Object userId;
        private @Nullable String userType;
        private @Nullable Boolean gitlabTeamMember;
        private @Nullable List<Long> featureEnabledByNamespaceIds;
        private @Nullable String featureEnablementType;
        private @Nullable Long ultimateParentNamespaceId;
        /** The root namespace set by the builder's method; used again if claims name none. */
        private @Nullable Long unclaimedRootNamespaceId;

        private @Nullable String clientType;
        private @Nullable String clientName;
        private @Nullable String clientVersion;
        private @Nullable String clientInterface;
        private @Nullable Long projectId;
        private @Nullable Long namespaceId;
        private @Nullable Long organizationId;
        private @Nullable String plan;
        private @Nullable String featureCategory;
        private @Nullable String deploymentType;
        private @Nullable String googleAnalyticsId;
        private @Nullable Long inputTokens;
        private @Nullable Long outputTokens;
        private @Nullable Long totalTokens;
        private @Nullable String modelEngine;
        private @Nullable String modelName;
        private @Nullable String modelProvider;
        private @Nullable Instant contextGeneratedAt;
        private @Nullable String correlationId;
        private Map<String, Object> extra = Map.of();

        private Builder() {}

        /** See {@link EventContext#environment}. */
        public Builder environment(String environment) {
            this.environment = Objects.requireNonNull(
                    ContextLimits.text("environment", Objects.requireNonNull(environment, "environment"), 32));
            return this;
        }

        /** See {@link EventContext#source}. */
        public Builder source(@Nullable String source) {
            this.source = ContextLimits.text("source", source, 32);
            return this;
        }

        /** See {@link EventContext#realm}. */
        public Builder realm(@Nullable String realm) {
            this.realm = ContextLimits.oneOf("realm", realm, REALMS);
            this.billingRealm = realm == null ? null : billing(realm);
            return this;
        }

        /** See {@link EventContext#instanceId}. */
        public Builder instanceId(@Nullable String instanceId) {
            this.instanceId = ContextLimits.id("instance_id", instanceId, 255);
            return this;
        }

        /** See {@link EventContext#uniqueInstanceId}. */
        public Builder uniqueInstanceId(@Nullable String uniqueInstanceId) {
            this.uniqueInstanceId = ContextLimits.id("unique_instance_id", uniqueInstanceId, 255);
            return this;
        }

        /** See {@link EventContext#hostName}. */
        public Builder hostName(@Nullable String hostName) {
            this.hostName = ContextLimits.id("host_name", hostName, 255);
            return this;
        }

        /** See {@link EventContext#instanceVersion}. */
        public Builder instanceVersion(@Nullable String instanceVersion) {
            this.instanceVersion = ContextLimits.text("instance_version", instanceVersion, 255);
            return this;
        }

        /** See {@link EventContext#globalUserId}. */
        public Builder globalUserId(@Nullable String globalUserId) {
            this.globalUserId = ContextLimits.id("global_user_id", globalUserId, 64);
            return this;
        }

        /** See {@link EventContext#userId}. */
        public Builder userId(long userId) {
            this.userId = ContextLimits.user(userId);
            return this;
        }

        /** See {@link EventContext#userId}. */
        public Builder userId(@Nullable String userId) {
            this.userId = ContextLimits.id("user_id", userId, 255);
            return this;
        }

        /**
         * Removes the user id and counts it as invalid: for an event whose own user id cannot be sent, and which must
         * not get the request's.
         */
        Builder noUserId() {
            ContextLimits.noUser();
            this.userId = null;
            return this;
        }

        /** See {@link EventContext#userType}. */
        public Builder userType(@Nullable String userType) {
            this.userType = ContextLimits.text("user_type", userType, 255);
            return this;
        }

        /** See {@link EventContext#gitlabTeamMember}. */
        public Builder gitlabTeamMember(@Nullable Boolean gitlabTeamMember) {
            this.gitlabTeamMember = gitlabTeamMember;
            return this;
        }

        /** See {@link EventContext#featureEnabledByNamespaceIds}; nulls in the list are left out. */
        public Builder featureEnabledByNamespaceIds(
                @Nullable List<? extends @Nullable Long> featureEnabledByNamespaceIds) {
            this.featureEnabledByNamespaceIds =
                    ContextLimits.numbers("feature_enabled_by_namespace_ids", featureEnabledByNamespaceIds);
            return this;
        }

        /** See {@link EventContext#featureEnablementType}. */
        public Builder featureEnablementType(@Nullable String featureEnablementType) {
            this.featureEnablementType = ContextLimits.text("feature_enablement_type", featureEnablementType, 64);
            return this;
        }

        /** See {@link EventContext#ultimateParentNamespaceId}. */
        public Builder ultimateParentNamespaceId(@Nullable Long ultimateParentNamespaceId) {
            this.ultimateParentNamespaceId =
                    ContextLimits.number("ultimate_parent_namespace_id", ultimateParentNamespaceId);
            this.unclaimedRootNamespaceId = this.ultimateParentNamespaceId;
            return this;
        }

        /** See {@link EventContext#clientType}. */
        public Builder clientType(@Nullable String clientType) {
            this.clientType = ContextLimits.text("client_type", clientType, 64);
            return this;
        }

        /** See {@link EventContext#clientName}. */
        public Builder clientName(@Nullable String clientName) {
            this.clientName = ContextLimits.text("client_name", clientName, 64);
            return this;
        }

        /** See {@link EventContext#clientVersion}. */
        public Builder clientVersion(@Nullable String clientVersion) {
            this.clientVersion = ContextLimits.text("client_version", clientVersion, 64);
            return this;
        }

        /** See {@link EventContext#clientInterface}. */
        public Builder clientInterface(@Nullable String clientInterface) {
            this.clientInterface = ContextLimits.text("interface", clientInterface, 255);
            return this;
        }

        /** See {@link EventContext#projectId}. */
        public Builder projectId(@Nullable Long projectId) {
            this.projectId = ContextLimits.number("project_id", projectId);
            return this;
        }

        /** See {@link EventContext#namespaceId}. */
        public Builder namespaceId(@Nullable Long namespaceId) {
            this.namespaceId = ContextLimits.number("namespace_id", namespaceId);
            return this;
        }

        /** See {@link EventContext#organizationId}. */
        public Builder organizationId(@Nullable Long organizationId) {
            this.organizationId = ContextLimits.number("organization_id", organizationId);
            return this;
        }

        /** See {@link EventContext#plan}. */
        public Builder plan(@Nullable String plan) {
            this.plan = ContextLimits.text("plan", plan, 32);
            return this;
        }

        /** See {@link EventContext#featureCategory}. */
        public Builder featureCategory(@Nullable String featureCategory) {
            this.featureCategory = ContextLimits.text("feature_category", featureCategory, 255);
            return this;
        }

        /** See {@link EventContext#deploymentType}. */
        public Builder deploymentType(@Nullable String deploymentType) {
            this.deploymentType = ContextLimits.oneOf("deployment_type", deploymentType, DEPLOYMENT_TYPES);
            return this;
        }

        /** See {@link EventContext#googleAnalyticsId}. */
        public Builder googleAnalyticsId(@Nullable String googleAnalyticsId) {
            this.googleAnalyticsId = ContextLimits.id("google_analytics_id", googleAnalyticsId, 32);
            return this;
        }

        /** See {@link EventContext#inputTokens}. */
        public Builder inputTokens(@Nullable Long inputTokens) {
            this.inputTokens = ContextLimits.number("input_tokens", inputTokens);
            return this;
        }

        /** See {@link EventContext#outputTokens}. */
        public Builder outputTokens(@Nullable Long outputTokens) {
            this.outputTokens = ContextLimits.number("output_tokens", outputTokens);
            return this;
        }

        /** See {@link EventContext#totalTokens}. */
        public Builder totalTokens(@Nullable Long totalTokens) {
            this.totalTokens = ContextLimits.number("total_tokens", totalTokens);
            return this;
        }

        /** See {@link EventContext#modelEngine}. */
        public Builder modelEngine(@Nullable String modelEngine) {
            this.modelEngine = ContextLimits.text("model_engine", modelEngine, 64);
            return this;
        }

        /** See {@link EventContext#modelName}. */
        public Builder modelName(@Nullable String modelName) {
            this.modelName = ContextLimits.text("model_name", modelName, 64);
            return this;
        }

        /** See {@link EventContext#modelProvider}. */
        public Builder modelProvider(@Nullable String modelProvider) {
            this.modelProvider = ContextLimits.text("model_provider", modelProvider, 64);
            return this;
        }

        /** See {@link EventContext#contextGeneratedAt}. */
        public Builder contextGeneratedAt(@Nullable Instant contextGeneratedAt) {
            this.contextGeneratedAt = contextGeneratedAt;
            return this;
        }

        /** See {@link EventContext#correlationId}. */
        public Builder correlationId(@Nullable String correlationId) {
            this.correlationId = ContextLimits.id("correlation_id", correlationId, 64);
            return this;
        }

        /** See {@link EventContext#extra}; copied, within the limits of this builder. */
        public Builder extra(@Nullable Map<String, ?> extra) {
            this.extra = ContextLimits.extra(extra);
            return this;
        }

        /**
         * Overrides header values with the claims of a verified token: the realm and the unique instance id, even if
         * the claim is null, and, in the realm {@code saas}, the root namespace if the token names one. If it does not,
         * the root namespace is the one set by {@link #ultimateParentNamespaceId}, not that of claims applied before.
         */
        public Builder verified(VerifiedClaims claims) {
            realm(claims.realm()).uniqueInstanceId(claims.uniqueInstanceId());
            Long root = claims.rootNamespaceOfSaas();
            this.ultimateParentNamespaceId = root == null
                    ? unclaimedRootNamespaceId
                    : ContextLimits.number("ultimate_parent_namespace_id", root);
            return this;
        }

        public EventContext build() {
            return new EventContext(this);
        }
    }
}
