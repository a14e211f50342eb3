package dev.internalevents.client;

import java.time.Instant;

/**
 * The fields of {@code gitlab_standard} with which an {@link EventBuilder} overrides the request's context. One switch
 * instead of a method reference each: a call site that is linked for the first time when the thread's stack is nearly
 * full can fail permanently.
 */
enum ContextField {
    ENVIRONMENT,
    SOURCE,
    REALM,
    INSTANCE_ID,
    UNIQUE_INSTANCE_ID,
    HOST_NAME,
    INSTANCE_VERSION,
    GLOBAL_USER_ID,
    USER_TYPE,
    GITLAB_TEAM_MEMBER,
    FEATURE_ENABLEMENT_TYPE,
    ULTIMATE_PARENT_NAMESPACE_ID,
    CLIENT_TYPE,
    CLIENT_NAME,
    CLIENT_VERSION,
    CLIENT_INTERFACE,
    ORGANIZATION_ID,
    FEATURE_CATEGORY,
    DEPLOYMENT_TYPE,
    GOOGLE_ANALYTICS_ID,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    TOTAL_TOKENS,
    MODEL_ENGINE,
    MODEL_NAME,
    MODEL_PROVIDER,
    CONTEXT_GENERATED_AT,
    CORRELATION_ID;

    /** @param value of the type that the builder's method takes */
    void set(EventContext.Builder builder, Object value) {
        switch (this) {
            case ENVIRONMENT -> builder.environment((String) value);
            case SOURCE -> builder.source((String) value);
            case REALM -> builder.realm((String) value);
            case INSTANCE_ID -> builder.instanceId((String) value);
            case UNIQUE_INSTANCE_ID -> builder.uniqueInstanceId((String) value);
            case HOST_NAME -> builder.hostName((String) value);
            case INSTANCE_VERSION -> builder.instanceVersion((String) value);
            case GLOBAL_USER_ID -> builder.globalUserId((String) value);
            case USER_TYPE -> builder.userType((String) value);
            case GITLAB_TEAM_MEMBER -> builder.gitlabTeamMember((Boolean) value);
            case FEATURE_ENABLEMENT_TYPE -> builder.featureEnablementType((String) value);
            case ULTIMATE_PARENT_NAMESPACE_ID -> builder.ultimateParentNamespaceId((Long) value);
            case CLIENT_TYPE -> builder.clientType((String) value);
            case CLIENT_NAME -> builder.clientName((String) value);
            case CLIENT_VERSION -> builder.clientVersion((String) value);
            case CLIENT_INTERFACE -> builder.clientInterface((String) value);
            case ORGANIZATION_ID -> builder.organizationId((Long) value);
            case FEATURE_CATEGORY -> builder.featureCategory((String) value);
            case DEPLOYMENT_TYPE -> builder.deploymentType((String) value);
            case GOOGLE_ANALYTICS_ID -> builder.googleAnalyticsId((String) value);
            case INPUT_TOKENS -> builder.inputTokens((Long) value);
            case OUTPUT_TOKENS -> builder.outputTokens((Long) value);
            case TOTAL_TOKENS -> builder.totalTokens((Long) value);
            case MODEL_ENGINE -> builder.modelEngine((String) value);
            case MODEL_NAME -> builder.modelName((String) value);
            case MODEL_PROVIDER -> builder.modelProvider((String) value);
            case CONTEXT_GENERATED_AT -> builder.contextGeneratedAt((Instant) value);
            case CORRELATION_ID -> builder.correlationId((String) value);
        }
    }
}
