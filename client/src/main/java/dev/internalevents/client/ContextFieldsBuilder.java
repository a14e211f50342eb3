package dev.internalevents.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@code gitlab_standard} that are set in the same way for a request ({@link EventContextBuilder}) and
 * for one event ({@link EventBuilder}). Null removes a value that was set before; {@link EventContextBuilder} lists the
 * limits of the values. No method throws. Not safe for use by several threads.
 *
 * @param <B> the builder itself
 */
public abstract sealed class ContextFieldsBuilder<B extends ContextFieldsBuilder<B>>
        permits EventBuilder, EventContextBuilder {

    ContextFieldsBuilder() {}

    /** The sending application. */
    public B source(@Nullable String source) {
        return set(ContextField.SOURCE, source);
    }

    /** {@code saas}, {@code self-managed} or {@code dedicated}; anything else is left out. */
    public B realm(@Nullable String realm) {
        return set(ContextField.REALM, realm);
    }

    /** The GitLab instance. */
    public B instanceId(@Nullable String instanceId) {
        return set(ContextField.INSTANCE_ID, instanceId);
    }

    /** The unique instance id from the verified token ({@code gitlab_instance_uid}). */
    public B uniqueInstanceId(@Nullable String uniqueInstanceId) {
        return set(ContextField.UNIQUE_INSTANCE_ID, uniqueInstanceId);
    }

    /** The instance's host. */
    public B hostName(@Nullable String hostName) {
        return set(ContextField.HOST_NAME, hostName);
    }

    /** The instance's version. */
    public B instanceVersion(@Nullable String instanceVersion) {
        return set(ContextField.INSTANCE_VERSION, instanceVersion);
    }

    /** The user's pseudonymous id, the same across instances. */
    public B globalUserId(@Nullable String globalUserId) {
        return set(ContextField.GLOBAL_USER_ID, globalUserId);
    }

    /** The kind of user: {@code human}, {@code service_account}, {@code bot}, …. */
    public B userType(@Nullable String userType) {
        return set(ContextField.USER_TYPE, userType);
    }

    /** Whether the user belongs to GitLab's team. */
    public B gitlabTeamMember(@Nullable Boolean gitlabTeamMember) {
        return set(ContextField.GITLAB_TEAM_MEMBER, gitlabTeamMember);
    }

    /** How the feature was enabled, for example {@code duo_pro}. */
    public B featureEnablementType(@Nullable String featureEnablementType) {
        return set(ContextField.FEATURE_ENABLEMENT_TYPE, featureEnablementType);
    }

    /** The root namespace's id; left out if it is not a whole number. */
    public B ultimateParentNamespaceId(@Nullable Number ultimateParentNamespaceId) {
        return set(ContextField.ULTIMATE_PARENT_NAMESPACE_ID, WholeNumber.inLong(ultimateParentNamespaceId));
    }

    /** The kind of client, for example {@code ide}. */
    public B clientType(@Nullable String clientType) {
        return set(ContextField.CLIENT_TYPE, clientType);
    }

    /** The client's name. */
    public B clientName(@Nullable String clientName) {
        return set(ContextField.CLIENT_NAME, clientName);
    }

    /** The client's version. */
    public B clientVersion(@Nullable String clientVersion) {
        return set(ContextField.CLIENT_VERSION, clientVersion);
    }

    /** The part of the user interface, field {@code interface}. */
    public B clientInterface(@Nullable String clientInterface) {
        return set(ContextField.CLIENT_INTERFACE, clientInterface);
    }

    /** The plan, for example {@code premium}; cut to 32 characters. */
    public B plan(@Nullable String plan) {
        return set(ContextField.PLAN, plan);
    }

    /** The feature's category, for example {@code code_suggestions}. */
    public B featureCategory(@Nullable String featureCategory) {
        return set(ContextField.FEATURE_CATEGORY, featureCategory);
    }

    /** {@code .com}, {@code self-managed} or {@code dedicated}; anything else is left out. */
    public B deploymentType(@Nullable String deploymentType) {
        return set(ContextField.DEPLOYMENT_TYPE, deploymentType);
    }

    /** The Google Analytics client. */
    public B googleAnalyticsId(@Nullable String googleAnalyticsId) {
        return set(ContextField.GOOGLE_ANALYTICS_ID, googleAnalyticsId);
    }

    /** Tokens that went into a model; left out if it is not a whole number. */
    public B inputTokens(@Nullable Number inputTokens) {
        return set(ContextField.INPUT_TOKENS, WholeNumber.inLong(inputTokens));
    }

    /** Tokens that came out of a model; left out if it is not a whole number. */
    public B outputTokens(@Nullable Number outputTokens) {
        return set(ContextField.OUTPUT_TOKENS, WholeNumber.inLong(outputTokens));
    }

    /** Total tokens; left out if it is not a whole number. */
    public B totalTokens(@Nullable Number totalTokens) {
        return set(ContextField.TOTAL_TOKENS, WholeNumber.inLong(totalTokens));
    }

    /** The engine of the model, for example {@code anthropic}. */
    public B modelEngine(@Nullable String modelEngine) {
        return set(ContextField.MODEL_ENGINE, modelEngine);
    }

    /** The model. */
    public B modelName(@Nullable String modelName) {
        return set(ContextField.MODEL_NAME, modelName);
    }

    /** The provider of the model. */
    public B modelProvider(@Nullable String modelProvider) {
        return set(ContextField.MODEL_PROVIDER, modelProvider);
    }

    /** When the context was built; sent as ISO-8601. */
    public B contextGeneratedAt(@Nullable Instant contextGeneratedAt) {
        return set(ContextField.CONTEXT_GENERATED_AT, contextGeneratedAt);
    }

    /** The request's id. */
    public B correlationId(@Nullable String correlationId) {
        return set(ContextField.CORRELATION_ID, correlationId);
    }

    /** @param value of the field's type, which need not be within its limits; null removes it */
    abstract B set(ContextField field, @Nullable Object value);
}
