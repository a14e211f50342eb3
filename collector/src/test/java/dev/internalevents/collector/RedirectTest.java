package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RedirectTest {

    private static final String REDIRECT = "iglu:com.snowplowanalytics.snowplow/uri_redirect/jsonschema/1-0-0";
    private static final String TARGET = "https://target.test/x?a=1&b=ü";
    private static final String ENCODED = URLEncoder.encode(TARGET, StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void start() throws IOException {
        Path schemas = Files.createDirectories(
                folder.resolve("schemas/com.snowplowanalytics.snowplow/uri_redirect/jsonschema"));
        Files.writeString(schemas.resolve("1-0-0"), """
                {"$schema": "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#",
                 "self": {"vendor": "com.snowplowanalytics.snowplow", "name": "uri_redirect", "format": "jsonschema",
                          "version": "1-0-0"},
                 "type": "object", "properties": {"uri": {"type": "string"}}, "required": ["uri"],
                 "additionalProperties": false}
                """);
        start(CollectorSettings.micro().redirects(List.of("target.test", "*.shop.test")));
    }

    private void start(CollectorSettingsBuilder settings) throws IOException {
        collector.start(settings.iglu(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "HEAD", "OPTIONS", "PUT"})
    void without_allowed_hosts_the_path_is_not_found_and_no_event_comes_of_it(String method) throws Exception {
        collector.close();
        start(CollectorSettings.micro());
        for (String path : new String[] {"/r/tp2", "/r/i", "/r/x"}) {
            assertThat(collector
                            .send(collector
                                    .to(path + "?e=pv&p=web&u=" + ENCODED)
                                    .method(method, HttpRequest.BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(404);
        }
        assertThat(collector.json("/micro/all").path("total").asInt()).isZero();
    }

    @Test
    void a_click_is_sent_on_and_is_an_event_of_its_own() throws Exception {
        HttpResponse<String> answer = collector.get("/r/tp2?u=" + ENCODED + "&aid=mail&tv=ignored");

        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).hasValue("https://target.test/x?a=1&b=%C3%BC");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache, no-store, must-revalidate");
        assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).startsWith("sp=");
        JsonNode event = collector.json("/micro/good").get(0);
        assertThat(event.path("schema").asString()).isEqualTo(REDIRECT);
        assertThat(event.at("/event/unstruct_event/data/data/uri").asString()).isEqualTo(TARGET);
        assertThat(event.at("/event/app_id").asString()).isEqualTo("mail");
        assertThat(event.at("/event/platform").asString()).isEqualTo("web");
        assertThat(event.at("/event/v_tracker").asString()).isEqualTo("r-tp2");
        assertThat(event.at("/rawEvent/parameters").has("u")).isFalse();
        assertThat(event.at("/rawEvent/api/vendor").asString()).isEqualTo("r");
    }

    @Test
    void an_event_of_a_tracker_has_the_redirect_as_a_context_beside_its_own() throws Exception {
        String own = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                + "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0\","
                + "\"data\":{\"id\":\"6de9024e-17b9-4026-bd4d-efec50ae84cb\"}}]}";
        String base64 = Base64.getUrlEncoder().withoutPadding().encodeToString(own.getBytes(StandardCharsets.UTF_8));
        String co = URLEncoder.encode(own, StandardCharsets.UTF_8);
        for (String contexts : List.of("", "&co=", "&co=" + co, "&cx=" + base64, "&cx=" + base64 + "&co=" + co)) {
            assertThat(collector
                            .get("/r/tp2?e=pv&p=mob&u=" + ENCODED + contexts)
                            .statusCode())
                    .isEqualTo(302);
        }

        JsonNode good = collector.json("/micro/good");
        assertThat(good.size()).isEqualTo(5);
        for (int i = 0; i < 5; i++) {
            JsonNode event = good.get(4 - i);
            assertThat(event.path("eventType").asString()).isEqualTo("page_view");
            assertThat(event.at("/event/platform").asString()).isEqualTo("mob");
            JsonNode contexts = event.path("contexts");
            assertThat(contexts.size()).isEqualTo(i < 2 ? 1 : 2);
            assertThat(contexts.get(contexts.size() - 1).asString()).isEqualTo(REDIRECT);
        }
    }

    @Test
    void contexts_that_cannot_be_read_fail_the_event_and_the_visitor_gets_on() throws Exception {
        assertThat(collector.get("/r/tp2?e=pv&cx=nope&u=" + ENCODED).statusCode())
                .isEqualTo(302);

        assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                .contains("cx: after base64 decoding: not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?",
                "?e=pv&p=web",
                "?e=pv&u=",
                "?u=https%3A%2F%2Fevil.test%2F",
                "?u=https%3A%2F%2Ftarget.test%40evil.test%2F",
                "?u=%2F%2Ftarget.test%2F",
                "?u=https%3A%5C%5Ctarget.test%2F",
                "?u=https%3A%2F%2Ftarget.test%5C%40evil.test%2F",
                "?u=https%3A%2F%2Ftarget.test%2F%0D%0ASet-Cookie%3A+a%3Db",
                "?u=javascript%3Aalert(1)",
                "?u=https%3A%2F%2Ftarget.test%2F&u=https%3A%2F%2Fevil.test%2F",
                "?u=https%3A%2F%2Ftarget.test%2F%ZZ"
            })
    void where_nobody_may_be_sent_is_400_and_a_failed_event(String query) throws Exception {
        String answer =
                collector.raw("GET /r/tp2" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContainIgnoringCase("location:");
        JsonNode bad = collector.json("/micro/bad");
        assertThat(bad.size()).isEqualTo(1);
        assertThat(bad.get(0).at("/errors/0").asString()).startsWith("the query string: ");
        assertThat(collector.json("/micro/good").size()).isZero();
    }

    @Test
    void the_last_of_several_addresses_counts_for_the_answer_and_the_event() throws Exception {
        HttpResponse<String> answer =
                collector.get("/r/tp2?u=https%3A%2F%2Fevil.test%2F&u=https%3A%2F%2Fa.shop.test%2F");

        assertThat(answer.headers().firstValue("Location")).hasValue("https://a.shop.test/");
        assertThat(collector
                        .json("/micro/good")
                        .get(0)
                        .at("/event/unstruct_event/data/data/uri")
                        .asString())
                .isEqualTo("https://a.shop.test/");
    }

    @Test
    void an_anonymous_click_sets_no_cookie_and_ends_the_one_that_was_sent() throws Exception {
        HttpRequest.Builder click = collector.to("/r/tp2?u=" + ENCODED).header("SP-Anonymous", "*");
        assertThat(collector.send(click).headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(collector
                        .send(click.header("Cookie", "sp=abc"))
                        .headers()
                        .firstValue("Set-Cookie")
                        .orElseThrow())
                .startsWith("sp=; Max-Age=0; Expires=Thu, 01 Jan 1970");
    }

    @Test
    void a_link_checker_is_sent_on_without_an_event_and_a_post_is_405() throws Exception {
        HttpResponse<String> head =
                collector.send(collector.to("/r/tp2?u=" + ENCODED).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(302);
        assertThat(collector.post("/r/tp2?u=" + ENCODED, "{}").statusCode()).isEqualTo(405);
        assertThat(collector.json("/micro/all").path("total").asInt()).isZero();
    }
}
