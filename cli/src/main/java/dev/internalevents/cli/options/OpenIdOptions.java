package dev.internalevents.cli.options;

import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.collector.operation.OpenIdSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where people sign in, and who may see events. */
final class OpenIdOptions {

    private static final String OPENID_SECRET = "INTERNAL_EVENTS_OPENID_SECRET";

    @Option(
            names = "--openid-issuer",
            paramLabel = "URL",
            description = "OpenID Connect provider where people sign in, such as https://gitlab.com.")
    private @Nullable URI openIdIssuer;

    @Option(
            names = "--openid-client-id",
            paramLabel = "ID",
            description = "Client id of this collector at the provider; the secret is in " + OPENID_SECRET + ".")
    private String openIdClient = "";

    @Option(
            names = "--openid-allow",
            paramLabel = "WHO",
            split = ",",
            description =
                    "Who may see events: e-mail addresses, domains such as @example.com, or * for all users of the"
                            + " provider.")
    private List<String> openIdAllow = new ArrayList<>();

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description = "URL at which browsers reach the collector, if not where it listens; the provider redirects"
                    + " them to it.")
    private @Nullable URI publicUrl;

    /** Returns whether people sign in. */
    boolean isGiven() {
        return openIdIssuer != null;
    }

    /**
     * Applies the options and variables to the settings.
     *
     * @throws IllegalArgumentException naming the option or variable that is wrong
     */
    void apply(CollectorSettingsBuilder settings, Map<String, String> environment) {
        settings.publicUrl(publicUrl).openId(openId(environment));
    }

    private @Nullable OpenIdSettings openId(Map<String, String> environment) {
        if (openIdIssuer == null) {
            if (!openIdClient.isEmpty() || !openIdAllow.isEmpty()) {
                throw new IllegalArgumentException(
                        "openid-issuer: missing, but --openid-client-id and --openid-allow require it; expected for"
                                + " example https://gitlab.com");
            }
            return null;
        }
        if (publicUrl == null) {
            throw new IllegalArgumentException(
                    "public-url: missing; expected the URL at which browsers reach the collector, such as"
                            + " https://events.example.com");
        }
        return new OpenIdSettings(
                openIdIssuer, openIdClient, environment.getOrDefault(OPENID_SECRET, ""), publicUrl, openIdAllow);
    }
}
