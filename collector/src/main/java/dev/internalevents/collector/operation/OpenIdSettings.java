package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.HostNames;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Settings for sign-in with OpenID Connect: the authorization code flow with PKCE, at a provider that publishes
 * {@code ISSUER/.well-known/openid-configuration}.
 *
 * @param issuer the provider's issuer URL, exactly as the provider publishes it; https, or http on this machine
 * @param clientId the collector's client id at the provider
 * @param clientSecret the collector's client secret
 * @param publicUrl the URL at which browsers reach the collector, such as {@code https://events.example.com}; the
 *     provider redirects to {@code /micro/login/callback} there
 * @param allowed who may see events: e-mail addresses, domains such as {@code @example.com}, or {@code *} for everybody
 *     who can sign in at the provider
 */
public record OpenIdSettings(URI issuer, String clientId, String clientSecret, URI publicUrl, List<String> allowed) {

    /** The path to which the provider redirects browsers after sign-in. */
    public static final String CALLBACK = "/micro/login/callback";

    /** @throws IllegalArgumentException if a value is invalid; the message names it and what is expected */
    public OpenIdSettings {
        Setting.check(isSafe(issuer), "openid-issuer: " + issuer + " is not an https address");
        Setting.check(isSafe(publicUrl), "public-url: " + publicUrl + " is not an https address");
        Setting.check(
                !clientId.isBlank(), "openid-client-id: it is empty; expected the collector's id at the provider");
        Setting.check(
                !clientSecret.isBlank(), "openid: the client secret is missing; set INTERNAL_EVENTS_OPENID_SECRET");
        Setting.check(
                !allowed.isEmpty(),
                "openid-allow: it is empty; expected e-mail addresses, domains such as @example.com, or * for everybody"
                        + " who can sign in at the provider");
        for (String who : allowed) {
            Setting.check(
                    who.equals("*") || (who.indexOf('@') >= 0 && who.indexOf('@') == who.lastIndexOf('@')),
                    "openid-allow: \"" + who + "\" is not an e-mail address, a domain such as @example.com, or *");
        }
        allowed = allowed.stream().map(who -> who.toLowerCase(Locale.ROOT)).toList();
    }

    /** Leaves out the secret, so that it is never printed. */
    @Override
    public String toString() {
        return "OpenIdSettings[" + issuer + ", " + clientId + ", " + publicUrl + ", " + allowed + "]";
    }

    /** Returns the redirect URI to register at the provider. */
    public URI callback() {
        String url = publicUrl.toString();
        return URI.create((url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + CALLBACK);
    }

    private static boolean isSafe(URI address) {
        String host = address.getHost();
        return host != null
                && ("https".equals(address.getScheme())
                        || ("http".equals(address.getScheme()) && HostNames.isLoopback(host)));
    }
}
