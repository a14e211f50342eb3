package dev.internalevents.collector.operation;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Signing in with OpenID Connect: the authorization code flow with PKCE, at a provider that publishes
 * {@code ISSUER/.well-known/openid-configuration}.
 *
 * @param issuer the provider, exactly as it names itself; https, or http on this machine
 * @param clientId this collector's name at the provider
 * @param clientSecret what proves the name
 * @param publicUrl where browsers reach the collector, such as {@code https://events.example.com}; the provider sends
 *     them back to {@code /micro/login/callback} there
 * @param allowed who may see events: e-mail addresses, domains such as {@code @example.com}, or {@code *} for everybody
 *     whom the provider lets in
 */
public record OpenIdSettings(URI issuer, String clientId, String clientSecret, URI publicUrl, List<String> allowed) {

    /** Where the provider sends browsers back to. */
    public static final String CALLBACK = "/micro/login/callback";

    /** @throws IllegalArgumentException naming what makes no sense, and what is expected */
    public OpenIdSettings {
        check(isSafe(issuer), "openid-issuer: " + issuer + " is not an https address");
        check(isSafe(publicUrl), "public-url: " + publicUrl + " is not an https address");
        check(!clientId.isBlank(), "openid-client-id: it is empty; expected what the provider calls this collector");
        check(!clientSecret.isBlank(), "openid: there is no secret; set INTERNAL_EVENTS_OPENID_SECRET");
        check(
                !allowed.isEmpty(),
                "openid-allow: it is empty; expected e-mail addresses, domains such as @example.com, or * for everybody"
                        + " whom the provider lets in");
        for (String who : allowed) {
            check(
                    who.equals("*") || (who.indexOf('@') >= 0 && who.indexOf('@') == who.lastIndexOf('@')),
                    "openid-allow: \"" + who + "\" is no e-mail address, no domain such as @example.com, and not *");
        }
        allowed = allowed.stream().map(who -> who.toLowerCase(Locale.ROOT)).toList();
    }

    /** The secret is no text to print. */
    @Override
    public String toString() {
        return "OpenIdSettings[" + issuer + ", " + clientId + ", " + publicUrl + ", " + allowed + "]";
    }

    /** The address that is to be registered at the provider. */
    public URI callback() {
        String url = publicUrl.toString();
        return URI.create((url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + CALLBACK);
    }

    private static boolean isSafe(URI address) {
        String host = address.getHost();
        return host != null
                && ("https".equals(address.getScheme())
                        || ("http".equals(address.getScheme())
                                && (host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]"))));
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
