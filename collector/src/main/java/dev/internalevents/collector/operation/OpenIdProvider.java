package dev.internalevents.collector.operation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the OpenID Connect provider: builds its sign-in URL and verifies the identity of people who come back.
 * Sources: OpenID Connect Core 1.0 and Discovery 1.0, RFC 7636. Blocks during requests to the provider. Thread-safe.
 */
final class OpenIdProvider {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_ANSWER = 1 << 20;

    /** Algorithms with public keys. Tokens signed with a shared secret, or unsigned, are not accepted. */
    private static final Set<JWSAlgorithm> SIGNATURES = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final OpenIdSettings settings;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private volatile @Nullable Endpoints endpoints;

    /** The provider's published endpoints and its token processor. */
    private record Endpoints(URI authorization, URI token, DefaultJWTProcessor<SecurityContext> tokens) {}

    OpenIdProvider(OpenIdSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns the URL at which a browser signs in.
     *
     * @throws IOException if the provider does not answer, or answers unexpectedly
     */
    URI signIn(String state, String nonce, String challenge) throws IOException {
        Map<String, String> query = new TreeMap<>(Map.of(
                "response_type",
                "code",
                "scope",
                "openid email",
                "client_id",
                settings.clientId(),
                "redirect_uri",
                settings.callback().toString(),
                "state",
                state,
                "nonce",
                nonce,
                "code_challenge",
                challenge,
                "code_challenge_method",
                "S256"));
        URI to = endpoints().authorization();
        return URI.create(to + (to.getRawQuery() == null ? "?" : "&") + form(query));
    }

    /**
     * Exchanges a code for an identity token and returns its claims, after checking the token's signature, issuer,
     * audience, times and nonce.
     *
     * @throws IOException if the provider does not answer or rejects the code, or if the token is not valid
     */
    Map<String, Object> identity(String code, String verifier, String nonce) throws IOException {
        Endpoints known = endpoints();
        String basic = encoded(settings.clientId()) + ":" + encoded(settings.clientSecret());
        Map<?, ?> answer = ask(HttpRequest.newBuilder(known.token())
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(new TreeMap<>(Map.of(
                        "grant_type",
                        "authorization_code",
                        "code",
                        code,
                        "redirect_uri",
                        settings.callback().toString(),
                        "code_verifier",
                        verifier))))));
        if (!(answer.get("id_token") instanceof String token)) {
            throw new IOException(settings.issuer() + " answered without an id_token");
        }
        try {
            JWTClaimsSet claims = known.tokens().process(token, null);
            if (!nonce.equals(claims.getClaim("nonce"))) {
                throw new IOException("the identity token belongs to another sign-in");
            }
            if (claims.getAudience().size() > 1 && !settings.clientId().equals(claims.getClaim("azp"))) {
                throw new IOException(
                        "the identity token has several audiences, and its azp is not this collector's" + " client id");
            }
            return claims.getClaims();
        } catch (ParseException | BadJOSEException | JOSEException e) {
            throw new IOException("the identity token of " + settings.issuer() + " is not valid: " + e.getMessage(), e);
        }
    }

    private Endpoints endpoints() throws IOException {
        Endpoints known = endpoints;
        if (known == null) {
            known = discover();
            endpoints = known;
        }
        return known;
    }

    private Endpoints discover() throws IOException {
        String issuer = settings.issuer().toString();
        String base = issuer.endsWith("/") ? issuer : issuer + "/";
        Map<?, ?> configuration = ask(HttpRequest.newBuilder(URI.create(base + ".well-known/openid-configuration")));
        if (!issuer.equals(configuration.get("issuer"))) {
            throw new IOException("the provider at " + issuer + " publishes the issuer " + configuration.get("issuer")
                    + "; set --openid-issuer to exactly that");
        }
        DefaultJWTProcessor<SecurityContext> tokens = new DefaultJWTProcessor<>();
        tokens.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, null));
        try {
            tokens.setJWSKeySelector(new JWSVerificationKeySelector<>(
                    SIGNATURES,
                    JWKSourceBuilder.create(endpoint(configuration, "jwks_uri").toURL())
                            .build()));
        } catch (MalformedURLException e) {
            throw new IOException(issuer + " publishes no usable jwks_uri: " + e.getMessage(), e);
        }
        tokens.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                settings.clientId(),
                new JWTClaimsSet.Builder().issuer(issuer).build(),
                Set.of("sub", "iat", "exp", "nonce")));
        return new Endpoints(
                endpoint(configuration, "authorization_endpoint"), endpoint(configuration, "token_endpoint"), tokens);
    }

    private URI endpoint(Map<?, ?> configuration, String name) throws IOException {
        Object value = configuration.get(name);
        URI address = value instanceof String text ? URI.create(text) : settings.issuer();
        if (!(value instanceof String)
                || (!"https".equals(address.getScheme())
                        && !settings.issuer().getScheme().equals(address.getScheme()))) {
            throw new IOException(settings.issuer() + " publishes no usable " + name + ": " + value);
        }
        return address;
    }

    private Map<?, ?> ask(HttpRequest.Builder request) throws IOException {
        HttpRequest asked =
                request.timeout(TIMEOUT).header("Accept", "application/json").build();
        try {
            HttpResponse<InputStream> answer = http.send(asked, HttpResponse.BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream in = answer.body()) {
                body = in.readNBytes(MAX_ANSWER);
            }
            if (answer.statusCode() != 200) {
                // The body may contain the code, which must not get into the log.
                throw new IOException(asked.uri() + " answered " + answer.statusCode());
            }
            return Json.parse(body) instanceof Map<?, ?> json ? json : Map.of();
        } catch (MalformedPayloadException | IllegalArgumentException e) {
            throw new IOException(asked.uri() + " did not answer with valid JSON", e);
        } catch (ConnectException | HttpTimeoutException | SSLException e) {
            String reason = e.getMessage();
            throw new IOException(
                    asked.uri() + " does not answer (" + (reason == null ? "it cannot be reached" : reason)
                            + "); check --openid-issuer, and that this machine reaches it",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + asked.uri(), e);
        }
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
