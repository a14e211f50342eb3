package dev.internalevents.client.settings;

/** Reports an enabled client without an endpoint, unless the endpoint itself was already reported as invalid. */
final class EndpointRule {

    private EndpointRule() {}

    static void check(Settings settings, String group, DeliverySettings delivery) {
        check(settings, group, delivery.enabled(), delivery.endpoints().isEmpty());
    }

    static void check(Settings settings, String group, boolean enabled, boolean isMissing) {
        if (enabled && isMissing && settings.text(group, "ENDPOINT", "").isEmpty()) {
            settings.problem(
                    group,
                    "ENDPOINT",
                    "is not set, but " + settings.name(group, "ENABLED")
                            + " is true; expected the collector's URL such as http://127.0.0.1:9091");
        }
    }
}
