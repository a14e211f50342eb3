package dev.internalevents.client;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
public final class EventContextBuilder {

    /** By {@link ContextField#index}. */
    private @Nullable Object[] values;

    /** Whether a context has the same array, so that it must be copied before it is changed. */
    private boolean isShared;

    private @Nullable String billingRealm;

    /** The root namespace set by the builder's method; used again if claims name none. */
    private @Nullable Long unclaimedRootNamespaceId;

    private Map<String, Object> extra;

    EventContextBuilder() {
        values = new Object[ContextField.COUNT];
        values[ContextField.ENVIRONMENT.index()] = EventContext.DEFAULT_ENVIRONMENT;
        extra = Map.of();
    }

    /** @param values a context's; not changed */
    EventContextBuilder(
            @Nullable Object[] values,
            @Nullable String billingRealm,
            @Nullable Long unclaimedRootNamespaceId,
            Map<String, Object> extra) {
        this.values = values;
        this.isShared = true;
        this.billingRealm = billingRealm;
        this.unclaimedRootNamespaceId = unclaimedRootNamespaceId;
        this.extra = extra;
    }

    /** See {@link EventContext#environment}. */
    public EventContextBuilder environment(String environment) {
        return set(ContextField.ENVIRONMENT, Objects.requireNonNull(environment, "environment"));
    }

    /** See {@link EventContext#source}. */
    public EventContextBuilder source(@Nullable String source) {
        return set(ContextField.SOURCE, source);
    }

    /** See {@link EventContext#realm}. */
    public EventContextBuilder realm(@Nullable String realm) {
        return set(ContextField.REALM, realm);
    }

    /** See {@link EventContext#instanceId}. */
    public EventContextBuilder instanceId(@Nullable String instanceId) {
        return set(ContextField.INSTANCE_ID, instanceId);
    }

    /** See {@link EventContext#uniqueInstanceId}. */
    public EventContextBuilder uniqueInstanceId(@Nullable String uniqueInstanceId) {
        return set(ContextField.UNIQUE_INSTANCE_ID, uniqueInstanceId);
    }

    /** See {@link EventContext#hostName}. */
    public EventContextBuilder hostName(@Nullable String hostName) {
        return set(ContextField.HOST_NAME, hostName);
    }

    /** See {@link EventContext#instanceVersion}. */
    public EventContextBuilder instanceVersion(@Nullable String instanceVersion) {
        return set(ContextField.INSTANCE_VERSION, instanceVersion);
    }

    /** See {@link EventContext#globalUserId}. */
    public EventContextBuilder globalUserId(@Nullable String globalUserId) {
        return set(ContextField.GLOBAL_USER_ID, globalUserId);
    }

    /** See {@link EventContext#userId}. */
    public EventContextBuilder userId(long userId) {
        return set(ContextField.USER_ID, userId);
    }

    /** See {@link EventContext#userId}. */
    public EventContextBuilder userId(@Nullable String userId) {
        return set(ContextField.USER_ID, userId);
    }

    /** See {@link EventContext#userType}. */
    public EventContextBuilder userType(@Nullable String userType) {
        return set(ContextField.USER_TYPE, userType);
    }

    /** See {@link EventContext#gitlabTeamMember}. */
    public EventContextBuilder gitlabTeamMember(@Nullable Boolean gitlabTeamMember) {
        return set(ContextField.GITLAB_TEAM_MEMBER, gitlabTeamMember);
    }

    /** See {@link EventContext#featureEnabledByNamespaceIds}; nulls in the list are left out. */
    public EventContextBuilder featureEnabledByNamespaceIds(@Nullable List<? extends @Nullable Long> featureEnabledByNamespaceIds) {
        return set(ContextField.FEATURE_ENABLED_BY_NAMESPACE_IDS, featureEnabledByNamespaceIds);
    }

    /** See {@link EventContext#featureEnablementType}. */
    public EventContextBuilder featureEnablementType(@Nullable String featureEnablementType) {
        return set(ContextField.FEATURE_ENABLEMENT_TYPE, featureEnablementType);
    }

    /** See {@link EventContext#ultimateParentNamespaceId}. */
    public EventContextBuilder ultimateParentNamespaceId(@Nullable Long ultimateParentNamespaceId) {
        return set(ContextField.ULTIMATE_PARENT_NAMESPACE_ID, ultimateParentNamespaceId);
    }

    /** See {@link EventContext#clientType}. */
    public EventContextBuilder clientType(@Nullable String clientType) {
        return set(ContextField.CLIENT_TYPE, clientType);
    }

    /** See {@link EventContext#clientName}. */
    public EventContextBuilder clientName(@Nullable String clientName) {
        return set(ContextField.CLIENT_NAME, clientName);
    }

    /** See {@link EventContext#clientVersion}. */
    public EventContextBuilder clientVersion(@Nullable String clientVersion) {
        return set(ContextField.CLIENT_VERSION, clientVersion);
    }

    /** See {@link EventContext#clientInterface}. */
    public EventContextBuilder clientInterface(@Nullable String clientInterface) {
        return set(ContextField.CLIENT_INTERFACE, clientInterface);
    }

    /** See {@link EventContext#projectId}. */
    public EventContextBuilder projectId(@Nullable Long projectId) {
        return set(ContextField.PROJECT_ID, projectId);
    }

    /** See {@link EventContext#namespaceId}. */
    public EventContextBuilder namespaceId(@Nullable Long namespaceId) {
        return set(ContextField.NAMESPACE_ID, namespaceId);
    }

    /** See {@link EventContext#organizationId}. */
    public EventContextBuilder organizationId(@Nullable Long organizationId) {
        return set(ContextField.ORGANIZATION_ID, organizationId);
    }

    /** See {@link EventContext#plan}. */
    public EventContextBuilder plan(@Nullable String plan) {
        return set(ContextField.PLAN, plan);
    }

    /** See {@link EventContext#featureCategory}. */
    public EventContextBuilder featureCategory(@Nullable String featureCategory) {
        return set(ContextField.FEATURE_CATEGORY, featureCategory);
    }

    /** See {@link EventContext#deploymentType}. */
    public EventContextBuilder deploymentType(@Nullable String deploymentType) {
        return set(ContextField.DEPLOYMENT_TYPE, deploymentType);
    }

    /** See {@link EventContext#googleAnalyticsId}. */
    public EventContextBuilder googleAnalyticsId(@Nullable String googleAnalyticsId) {
        return set(ContextField.GOOGLE_ANALYTICS_ID, googleAnalyticsId);
    }

    /** See {@link EventContext#inputTokens}. */
    public EventContextBuilder inputTokens(@Nullable Long inputTokens) {
        return set(ContextField.INPUT_TOKENS, inputTokens);
    }

    /** See {@link EventContext#outputTokens}. */
    public EventContextBuilder outputTokens(@Nullable Long outputTokens) {
        return set(ContextField.OUTPUT_TOKENS, outputTokens);
    }

    /** See {@link EventContext#totalTokens}. */
    public EventContextBuilder totalTokens(@Nullable Long totalTokens) {
        return set(ContextField.TOTAL_TOKENS, totalTokens);
    }

    /** See {@link EventContext#modelEngine}. */
    public EventContextBuilder modelEngine(@Nullable String modelEngine) {
        return set(ContextField.MODEL_ENGINE, modelEngine);
    }

    /** See {@link EventContext#modelName}. */
    public EventContextBuilder modelName(@Nullable String modelName) {
        return set(ContextField.MODEL_NAME, modelName);
    }

    /** See {@link EventContext#modelProvider}. */
    public EventContextBuilder modelProvider(@Nullable String modelProvider) {
        return set(ContextField.MODEL_PROVIDER, modelProvider);
    }

    /** See {@link EventContext#contextGeneratedAt}. */
    public EventContextBuilder contextGeneratedAt(@Nullable Instant contextGeneratedAt) {
        return set(ContextField.CONTEXT_GENERATED_AT, contextGeneratedAt);
    }

    /** See {@link EventContext#correlationId}. */
    public EventContextBuilder correlationId(@Nullable String correlationId) {
        return set(ContextField.CORRELATION_ID, correlationId);
    }

    /** See {@link EventContext#extra}; copied, within the limits of this builder. */
    public EventContextBuilder extra(@Nullable Map<String, ?> extra) {
        this.extra = ContextLimits.extra(extra);
        return this;
    }

    /**
     * Overrides header values with the claims of a verified token: the realm and the unique instance id, even if
     * the claim is null, and, in the realm {@code saas}, the root namespace if the token names one. If it does not,
     * the root namespace is the one set by {@link #ultimateParentNamespaceId}, not that of claims applied before.
     */
    public EventContextBuilder verified(VerifiedClaims claims) {
        realm(claims.realm()).uniqueInstanceId(claims.uniqueInstanceId());
        Long root = claims.rootNamespaceOfSaas();
        put(
                ContextField.ULTIMATE_PARENT_NAMESPACE_ID,
                root == null
                        ? unclaimedRootNamespaceId
                        : ContextField.ULTIMATE_PARENT_NAMESPACE_ID.fitting(root));
        return this;
    }

    /** Returns the context; the builder can be used further. */
    public EventContext build() {
        isShared = true;
        return new EventContext(values, billingRealm, unclaimedRootNamespaceId, extra);
    }

    /** @param value see {@link ContextField#fitting} */
    EventContextBuilder set(ContextField field, @Nullable Object value) {
        put(field, field.fitting(value));
        if (field == ContextField.REALM) {
            billingRealm = value == null ? null : billing((String) value);
        } else if (field == ContextField.ULTIMATE_PARENT_NAMESPACE_ID) {
            unclaimedRootNamespaceId = (Long) values[field.index()];
        }
        return this;
    }

    private void put(ContextField field, @Nullable Object value) {
        if (isShared) {
            values = values.clone();
            isShared = false;
        }
        values[field.index()] = value;
    }

    private static @Nullable String billing(String realm) {
        return switch (realm.toLowerCase(Locale.ROOT)) {
            case "saas" -> "SaaS";
            case "self-managed", "sm" -> "SM";
            case "dedicated" -> "Dedicated";
            default -> null;
        };
    }
}
