package dev.internalevents.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the fields; each can be set again, and null removes it. Not safe for use by several threads.
 *
 * <p>Values are kept within the schema, because a value outside it makes every event of the context bad. A text that is
 * too long is cut: {@code environment}, {@code source} and {@code plan} at 32 characters; the type, name and version of
 * the client, the model's fields and {@code feature_enablement_type} at 64; {@code interface},
 * {@code instance_version}, {@code user_type} and {@code feature_category} at 255. An id that is too long is left out:
 * {@code google_analytics_id} of more than 32 characters; {@code global_user_id} and {@code correlation_id} of more
 * than 64; {@code user_id}, {@code host_name} and the ids of the instance of more than 255. Numbers that are not from 0
 * to 2,147,483,647 are left out too, except that such a user id is sent as text. The first 1,000
 * {@code feature_enabled_by_namespace_ids} are sent. A {@code realm} or {@code deployment_type} that the schema does
 * not know is left out, and so is an {@code extra} of more than 4,096 bytes; in a smaller one, keys beyond 50 and keys
 * nested more deeply than 4 levels are left out. Each case is counted in {@link InternalEventsClient#cutValues()}.
 */
public final class EventContextBuilder extends ContextFieldsBuilder<EventContextBuilder> {

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

    /** Starts with the fields of a context, which is not changed. */
    EventContextBuilder(EventContext context) {
        values = context.values;
        isShared = true;
        billingRealm = context.billingRealm();
        unclaimedRootNamespaceId = context.unclaimedRootNamespaceId;
        extra = context.extra();
    }

    /** See {@link EventContext#environment}. */
    public EventContextBuilder environment(String environment) {
        return set(ContextField.ENVIRONMENT, Objects.requireNonNull(environment, "environment"));
    }

    /** See {@link EventContext#userId}. */
    public EventContextBuilder userId(long userId) {
        return set(ContextField.USER_ID, userId);
    }

    /** See {@link EventContext#userId}. */
    public EventContextBuilder userId(@Nullable String userId) {
        return set(ContextField.USER_ID, userId);
    }

    /** See {@link EventContext#featureEnabledByNamespaceIds}; nulls in the list are left out. */
    public EventContextBuilder featureEnabledByNamespaceIds(
            @Nullable List<? extends @Nullable Long> featureEnabledByNamespaceIds) {
        return set(ContextField.FEATURE_ENABLED_BY_NAMESPACE_IDS, featureEnabledByNamespaceIds);
    }

    /** See {@link EventContext#projectId}; left out if it is not a whole number. */
    public EventContextBuilder projectId(@Nullable Number projectId) {
        return set(ContextField.PROJECT_ID, WholeNumber.inLong(projectId));
    }

    /** See {@link EventContext#namespaceId}; left out if it is not a whole number. */
    public EventContextBuilder namespaceId(@Nullable Number namespaceId) {
        return set(ContextField.NAMESPACE_ID, WholeNumber.inLong(namespaceId));
    }

    /** See {@link EventContext#organizationId}; left out if it is not a whole number. */
    public EventContextBuilder organizationId(@Nullable Number organizationId) {
        return set(ContextField.ORGANIZATION_ID, WholeNumber.inLong(organizationId));
    }

    /** See {@link EventContext#extra}; copied, within the limits of this builder. */
    public EventContextBuilder extra(@Nullable Map<String, ?> extra) {
        this.extra = ContextLimits.extra(extra);
        return this;
    }

    /**
     * Overrides header values with the claims of a verified token: the realm and the unique instance id, even if the
     * claim is null, and, in the realm {@code saas}, the root namespace if the token names one. If it does not, the
     * root namespace is the one set by {@link #ultimateParentNamespaceId}, not that of claims applied before.
     */
    public EventContextBuilder verified(VerifiedClaims claims) {
        realm(claims.realm()).uniqueInstanceId(claims.uniqueInstanceId());
        Long root = claims.rootNamespaceOfSaas();
        put(
                ContextField.ULTIMATE_PARENT_NAMESPACE_ID,
                root == null ? unclaimedRootNamespaceId : ContextField.ULTIMATE_PARENT_NAMESPACE_ID.fitting(root));
        return this;
    }

    /** Returns the context; the builder can be used further. */
    public EventContext build() {
        isShared = true;
        return new EventContext(values, billingRealm, unclaimedRootNamespaceId, extra);
    }

    @Override
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
