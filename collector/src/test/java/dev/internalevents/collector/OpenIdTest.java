package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.internalevents.collector.operation.OpenIdSettings;
import java.io.IOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class OpenIdTest {

    private static final String SECRET = "secret of the client: & %";

    private final Provider provider = new Provider();
    private @Nullable Collector collector;

    @BeforeEach
    void start() throws IOException {
        provider.start();
    }

    @AfterEach
    void stop() {
        if (collector != null) {
            collector.close();
        }
        provider.server.stop(0);
    }

    @Test
    void who_signs_in_at_the_provider_sees_events() throws Exception {
        run("@example.com");
        HttpClient browser = browser();
        HttpResponse<String> locked = get(browser, "/micro/all");
        assertThat(locked.statusCode()).isEqualTo(401);
        assertThat(locked.body()).contains("\"signIn\":\"/micro/login/openid\"", "\"token\":false");

        assertThat(signIn(browser).statusCode()).isEqualTo(200);

        assertThat(get(browser, "/micro/all").body()).isEqualTo("{\"total\":0,\"good\":0,\"bad\":0}");
        assertThat(get(browser(), "/micro/all").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@example.com", "ADA@example.com", "*", "x@y.z,ada@Example.com"})
    void these_let_ada_in(String allowed) throws Exception {
        run(allowed.split(","));
        assertThat(signIn(browser()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@example.org", "@ample.com", "bob@example.com"})
    void these_do_not(String allowed) throws Exception {
        run(allowed);
        HttpClient browser = browser();
        HttpResponse<String> answer = signIn(browser);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("--openid-allow");
        assertThat(get(browser, "/micro/all").statusCode()).isEqualTo(401);
    }

    @Test
    void an_address_that_the_provider_has_not_verified_is_nobodys() throws Exception {
        run("@example.com");
        provider.verified = false;
        assertThat(signIn(browser()).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"issuer", "audience", "nonce", "expired", "key", "unsigned", "shared-key"})
    void a_token_with_this_wrong_opens_nothing(String wrong) throws Exception {
        run("*");
        provider.wrong = wrong;
        HttpClient browser = browser();
        assertThat(signIn(browser).statusCode()).isEqualTo(502);
        assertThat(get(browser, "/micro/all").statusCode()).isEqualTo(401);
    }

    @Test
    void a_code_is_taken_from_the_browser_that_began_and_only_once() throws Exception {
        run("*");
        HttpClient ada = browser();
        URI back = provider.signIn(redirect(ada, collector().url() + "/micro/login/openid"));

        assertThat(get(browser(), pathAndQuery(back)).statusCode()).isEqualTo(400);
        assertThat(get(ada, pathAndQuery(back)).statusCode()).isEqualTo(200);
        HttpResponse<String> again = get(ada, pathAndQuery(back));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("not started here");
    }

    @Test
    void a_provider_that_is_away_is_said_to_be_and_is_asked_again() throws Exception {
        run("*");
        provider.away = true;
        assertThat(get(browser(), "/micro/login/openid").statusCode()).isEqualTo(502);
        provider.away = false;
        assertThat(signIn(browser()).statusCode()).isEqualTo(200);
    }

    @Test
    void settings_that_make_no_sense_are_refused_with_what_is_expected() {
        URI good = URI.create("https://a.example");
        assertThatThrownBy(() -> new OpenIdSettings(URI.create("http://a.example"), "c", "s", good, List.of("*")))
                .hasMessage("openid-issuer: http://a.example is not an https address");
        assertThatThrownBy(() -> new OpenIdSettings(good, "c", "s", good, List.of()))
                .hasMessageStartingWith("openid-allow: it is empty");
        assertThatThrownBy(() -> new OpenIdSettings(good, "c", "s", good, List.of("example.com")))
                .hasMessageStartingWith("openid-allow: \"example.com\" is not an e-mail address");
        assertThatThrownBy(() -> new OpenIdSettings(good, "c", "", good, List.of("*")))
                .hasMessageContaining("INTERNAL_EVENTS_OPENID_SECRET");
        assertThat(new OpenIdSettings(good, "c", "s3cret", good, List.of("*")).toString())
                .doesNotContain("s3cret");
    }

    private void run(String... allowed) throws IOException {
        CollectorSettingsBuilder settings = CollectorSettings.micro().port(0);
        // The public URL must be known before the start, so find a free port first.
        try (var free = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            settings.port(free.getLocalPort());
        }
        int port = settings.build().port();
        collector = Collector.start(settings.openId(new OpenIdSettings(
                        URI.create(provider.url()),
                        "events",
                        SECRET,
                        URI.create("http://127.0.0.1:" + port),
                        List.of(allowed)))
                .build());
    }

    private Collector collector() {
        return java.util.Objects.requireNonNull(collector);
    }

    private HttpResponse<String> signIn(HttpClient browser) throws Exception {
        URI back = provider.signIn(redirect(browser, collector().url() + "/micro/login/openid"));
        return get(browser, pathAndQuery(back));
    }

    private static String pathAndQuery(URI address) {
        return address.getRawPath() + "?" + address.getRawQuery();
    }

    /** Follows only the collector's own redirect to the dashboard. */
    private HttpResponse<String> get(HttpClient browser, String path) throws Exception {
        HttpResponse<String> answer = browser.send(
                HttpRequest.newBuilder(URI.create(collector().url() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
        String to = answer.headers().firstValue("Location").orElse("");
        return to.startsWith("/micro/ui") ? get(browser, to) : answer;
    }

    private static URI redirect(HttpClient browser, String address) throws Exception {
        HttpResponse<String> answer =
                browser.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(302);
        return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }

    private static HttpClient browser() {
        return HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    }

    /** A provider with the user Ada, which signs its tokens. */
    private static final class Provider {

        private final RSAKey key = key();
        private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
        private HttpServer server;
        private volatile boolean verified = true;
        private volatile boolean away;
        private volatile String wrong = "";

        @SuppressWarnings("NullAway.Init")
        private Provider() {}

        private static RSAKey key() {
            try {
                return new RSAKeyGenerator(2048).keyID("one").generate();
            } catch (com.nimbusds.jose.JOSEException e) {
                throw new IllegalStateException(e);
            }
        }

        void start() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/.well-known/openid-configuration", exchange -> {
                answer(exchange, away ? 503 : 200, """
                        {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",
                         "jwks_uri":"%1$s/keys"}""".formatted(url()));
            });
            server.createContext("/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
            server.createContext("/token", this::token);
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        /** Signs Ada in at the provider and returns the URL to which the provider redirects. */
        URI signIn(URI authorization) {
            assertThat(authorization.toString()).startsWith(url() + "/authorize?");
            Map<String, String> asked = form(authorization.getRawQuery());
            assertThat(asked)
                    .containsEntry("response_type", "code")
                    .containsEntry("scope", "openid email")
                    .containsEntry("client_id", "events")
                    .containsEntry("code_challenge_method", "S256");
            String code = "code-" + codes.size();
            codes.put(code, asked);
            return URI.create(asked.get("redirect_uri") + "?code=" + code + "&state=" + asked.get("state"));
        }

        private void token(HttpExchange exchange) throws IOException {
            Map<String, String> asked =
                    form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Map<String, String> begun = codes.remove(asked.getOrDefault("code", ""));
            String basic = new String(
                    Base64.getDecoder()
                            .decode(exchange.getRequestHeaders()
                                    .getFirst("Authorization")
                                    .substring("Basic ".length())),
                    StandardCharsets.UTF_8);
            if (begun == null
                    || !begun.get("code_challenge").equals(challenge(asked.getOrDefault("code_verifier", "")))
                    || !begun.get("redirect_uri").equals(asked.get("redirect_uri"))
                    || !URLDecoder.decode(basic, StandardCharsets.UTF_8).equals("events:" + SECRET)) {
                answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
                return;
            }
            answer(exchange, 200, "{\"token_type\":\"Bearer\",\"id_token\":\"" + identity(begun.get("nonce")) + "\"}");
        }

        private String identity(String nonce) {
            JWTClaimsSet claims = new JWTClaimsSet.Builder()
                    .issuer(wrong.equals("issuer") ? "https://elsewhere.example" : url())
                    .audience(wrong.equals("audience") ? "another" : "events")
                    .subject("42")
                    .issueTime(Date.from(Instant.now()))
                    .expirationTime(Date.from(Instant.now().plusSeconds(wrong.equals("expired") ? -3600 : 300)))
                    .claim("nonce", wrong.equals("nonce") ? "another" : nonce)
                    .claim("email", "Ada@example.com")
                    .claim("email_verified", verified)
                    .build();
            try {
                if (wrong.equals("unsigned")) {
                    return new PlainJWT(claims).serialize();
                }
                boolean shared = wrong.equals("shared-key");
                SignedJWT token = new SignedJWT(
                        new JWSHeader.Builder(shared ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256)
                                .keyID("one")
                                .build(),
                        claims);
                token.sign(
                        shared
                                ? new MACSigner(key.toRSAPublicKey().getEncoded())
                                : new RSASSASigner(wrong.equals("key") ? key() : key));
                return token.serialize();
            } catch (com.nimbusds.jose.JOSEException e) {
                throw new IllegalStateException(e);
            }
        }

        private static String challenge(String verifier) {
            try {
                return Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(MessageDigest.getInstance("SHA-256")
                                .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Map<String, String> form(String text) {
            Map<String, String> fields = new TreeMap<>();
            for (String field : text.split("&", -1)) {
                int at = field.indexOf('=');
                fields.put(field.substring(0, at), URLDecoder.decode(field.substring(at + 1), StandardCharsets.UTF_8));
            }
            return fields;
        }

        private static void answer(HttpExchange exchange, int status, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        }
    }
}
