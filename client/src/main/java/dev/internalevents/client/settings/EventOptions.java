package dev.internalevents.client.settings;

/**
 * Which events are sent and what is added to them.
 *
 * @param productUsageData {@code PRODUCT_USAGE_DATA}: whether non-operational events are sent; default: true
 * @param selfHostedAi {@code SELF_HOSTED_AI}: whether AI models are self-hosted, so that events about AI are not
 *     operational; default: false
 * @param aiContext {@code AI_CONTEXT}: whether every event has an {@code ai_context}; default: false
 * @param servicePingContext {@code SERVICE_PING_CONTEXT}: whether each event that feeds a metric has a
 *     {@code gitlab_service_ping} context; default: false
 */
public record EventOptions(
        boolean productUsageData, boolean selfHostedAi, boolean aiContext, boolean servicePingContext) {

    /** The defaults: all events are sent, and nothing is added. */
    public static final EventOptions DEFAULT = new EventOptions(true, false, false, false);

    static EventOptions read(Settings settings, String group) {
        return new EventOptions(
                settings.bool(group, "PRODUCT_USAGE_DATA", DEFAULT.productUsageData),
                settings.bool(group, "SELF_HOSTED_AI", DEFAULT.selfHostedAi),
                settings.bool(group, "AI_CONTEXT", DEFAULT.aiContext),
                settings.bool(group, "SERVICE_PING_CONTEXT", DEFAULT.servicePingContext));
    }
}
