package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.adapter.RedirectHosts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whatever a request on any path contains, it becomes events, good or failed for an expected reason. */
class RequestsTest {

    private static final List<CollectorPayload.Api> APIS = List.of(
            new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
            new CollectorPayload.Api("com.snowplowanalytics.iglu", "v1"),
            new CollectorPayload.Api("r", "tp2"));
    private static final String CLICK = "iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1";
    private static final SchemaValidator VALIDATOR = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));

    private final Pipeline strict =
            new Pipeline(VALIDATOR, PipelineSettings.DEFAULTS.withRedirects(new RedirectHosts(List.of("target.test"))));
    private final Pipeline lenient = new Pipeline(VALIDATOR, PipelineSettings.DEFAULTS.withLenientEnvelope(true));

    @Property(tries = 2_000)
    void whatever_a_request_holds_it_is_events(
            @ForAll("queries") String query, @ForAll("bodies") String body, @ForAll("types") String type) {
        for (CollectorPayload.Api api : APIS) {
            for (String one : new @Nullable String[] {body, null}) {
                for (Pipeline pipeline : List.of(strict, lenient)) {
                    List<Outcome> outcomes = pipeline.process(payload(api, query, one, type), "test/1");

                    assertThat(outcomes).isNotEmpty();
                    for (Outcome outcome : outcomes) {
                        if (outcome instanceof FailedEvent failed) {
                            assertThat(failed.failures().toString()).doesNotContain("please report this");
                        }
                    }
                }
            }
        }
    }

    @Provide
    Arbitrary<String> queries() {
        Arbitrary<String> pairs = Arbitraries.oneOf(
                Arbitraries.of(
                        "e=pv",
                        "e=",
                        "e=ue",
                        "schema=" + CLICK,
                        "schema=",
                        "schema=x",
                        "u=https://target.test/",
                        "u=//x",
                        "u=",
                        "cx=bm8",
                        "co={}",
                        "aid=a",
                        "nuid=%",
                        "targetUrl=https%3A%2F%2Fx.test",
                        "%E9=%E9",
                        "=",
                        "?"),
                Arbitraries.strings().ofMaxLength(20));
        return pairs.list().ofMaxSize(5).map(list -> String.join("&", list));
    }

    @Provide
    Arbitrary<String> bodies() {
        Arbitrary<String> pieces = Arbitraries.of(
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "\"schema\"",
                "\"data\"",
                "\"" + CLICK + "\"",
                "1",
                "null",
                "\"a\"",
                "a=b",
                "&",
                "%",
                "{\"schema\":\"" + CLICK + "\",\"data\":{\"targetUrl\":\"https://x.test\"}}",
                "\"\\ud800\"");
        return Arbitraries.oneOf(
                pieces.list().ofMaxSize(12).map(list -> String.join("", list)),
                pieces.list().ofMaxSize(6).map(list -> "[" + String.join(",", list) + "]"));
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(
                "application/json",
                "application/json; charset=\"",
                "application/x-www-form-urlencoded",
                "",
                ";",
                "=;=");
    }

    private static CollectorPayload payload(
            CollectorPayload.Api api, String query, @Nullable String body, String type) {
        return new CollectorPayload(
                api,
                query,
                type,
                null,
                body == null ? null : RequestBody.of(body.getBytes(StandardCharsets.UTF_8)),
                new CollectorPayload.Source("test", "UTF-8", null),
                new CollectorPayload.Context(
                        Instant.parse("2026-11-23T21:00:10.500Z"), null, null, null, List.of(), null));
    }
}
