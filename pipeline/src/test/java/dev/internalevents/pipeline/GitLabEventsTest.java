package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.protocol.TrackerPayload;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events as GitLab's trackers send them, and the failures of events that GitLab's schemas reject. */
class GitLabEventsTest {

    /** The standard context as a GitLab page fills it. */
    private static final String STANDARD = """
            {"schema":"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1","data":{"environment":"development",
             "source":"gitlab-javascript","correlation_id":"01JPHRC3K30KDDV165EWTCFJ02","plan":null,"extra":{},"user_id":7,
             "is_gitlab_team_member":null,"namespace_id":24,"project_id":5,"feature_enabled_by_namespace_ids":null,
             "realm":"self-managed","instance_id":"5d2f3f0a-2a46-4d1c-9c0f-3b8f3e8a0f11","host_name":"gitlab.example",
             "instance_version":"18.1.0","context_generated_at":"2026-11-23T21:00:00.120Z","google_analytics_id":""}}""";

    private static final String PING = """
            {"schema":"iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1",
             "data":{"event_name":"view_page","data_source":"redis_hll"}}""";

    /** Contexts that the browser tracker adds by itself, before and after the page has loaded. */
    private static final String BROWSER = """
            {"schema":"iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0",
             "data":{"id":"7b1c6a52-6d38-4f7a-8a3c-0b1f3f4f5a60"}},
            {"schema":"iglu:com.google.analytics/cookies/jsonschema/1-0-0","data":{}},
            {"schema":"iglu:org.w3/PerformanceTiming/jsonschema/1-0-0","data":{"navigationStart":1795467600000,
             "redirectStart":0,"redirectEnd":0,"fetchStart":1795467600003,"domainLookupStart":1795467600003,
             "domainLookupEnd":1795467600003,"connectStart":1795467600003,"secureConnectionStart":0,
             "connectEnd":1795467600004,"requestStart":1795467600005,"responseStart":1795467601200,
             "responseEnd":1795467601210,"unloadEventStart":0,"unloadEventEnd":0,"domLoading":1795467601205,
             "domInteractive":1795467601400,"domContentLoadedEventStart":%1$d,"domContentLoadedEventEnd":%1$d,
             "domComplete":%1$d,"loadEventStart":%1$d,"loadEventEnd":%1$d}}""";

    private static final SchemaValidator VALIDATOR = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));

    @ParameterizedTest
    @CsvSource({"se,0", "se,1795467602900", "pv,1795467602900"})
    void an_event_of_gitlabs_pages_is_good(String kind, long loaded) {
        Map<String, String> event = new LinkedHashMap<>(Map.of(
                "e", kind,
                "eid", "0b6b5f0e-7a5e-4b6f-9a1b-2f2f5c8a9d10",
                "tv", "js-3.24.2",
                "tna", "gl",
                "p", "web",
                "url", "http://gitlab.example/a/b/-/blob/main/README.md",
                "refr", "http://gitlab.example/a/b",
                "res", "1512x982",
                "vp", "871x823",
                "ds", "871x823"));
        event.putAll(Map.of(
                "cookie", "1",
                "cs", "UTF-8",
                "lang", "en-US",
                "cd", "30",
                "tz", "America/New_York",
                "vid", "1",
                "sid", "6b2b52e2-1c3a-4a6e-8f4e-0d5a8c1b2e3f",
                "duid", "1c9e5f63-2b7d-4a0c-9d8e-7f6a5b4c3d2e"));
        if (kind.equals("se")) {
            event.putAll(Map.of("se_ca", "projects:blob:show", "se_ac", "view_page", "se_la", "l", "se_pr", "p"));
        } else {
            event.put("page", "GitLab");
        }
        event.put("cx", base64(STANDARD + "," + PING + "," + BROWSER.formatted(loaded)));

        assertThat(process(PipelineSettings.DEFAULTS, event)).isInstanceOf(GoodEvent.class);
    }

    @Test
    void an_event_of_gitlabs_application_is_good() {
        Map<String, String> event = Map.of(
                "e", "se",
                "p", "srv",
                "tv", "rb-0.8.0",
                "tna", "gl",
                "se_ca", "InternalEventTracking",
                "se_ac", "view_page",
                "cx", base64(STANDARD.replace("gitlab-javascript", "gitlab-rails") + "," + PING));

        assertThat(process(PipelineSettings.DEFAULTS, event)).isInstanceOf(GoodEvent.class);
    }

    @Test
    void a_failure_says_which_field_what_was_there_and_what_was_expected() {
        assertThat(sentences(
                        PipelineSettings.DEFAULTS, "{\"environment\":\"e\",\"realm\":\"SaaS\",\"namespace_id\":-1}"))
                .containsExactly(
                        "the context gitlab_standard (iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8) at /namespace_id:"
                                + " -1 is below the minimum of 0",
                        "the context gitlab_standard (iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8) at /realm:"
                                + " \"SaaS\" is not one of self-managed, saas, dedicated, null; did you mean saas?");
    }

    @Test
    void a_failure_does_not_quote_what_is_replaced_by_a_pseudonym() {
        PipelineSettings settings = new PipelineSettings(
                false,
                0,
                new PseudonymSettings("a key of 16 bytes or more", EnumSet.allOf(PseudonymSettings.Field.class)));

        assertThat(sentences(settings, "{\"environment\":\"e\",\"user_id\":4711471147114711,\"namespace_id\":-1}"))
                .containsExactly(
                        "the context gitlab_standard (iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8) at /namespace_id:"
                                + " -1 is below the minimum of 0",
                        "the context gitlab_standard (iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8) at /user_id:"
                                + " is above the maximum of 2147483647");
    }

    private static List<String> sentences(PipelineSettings settings, String standard) {
        String context = "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8\",\"data\":" + standard + "}";
        Outcome outcome = process(settings, Map.of("e", "se", "se_ca", "c", "se_ac", "a", "cx", base64(context)));
        return ((FailedEvent) outcome)
                .failures().stream().map(Failure::sentence).toList();
    }

    private static Outcome process(PipelineSettings settings, Map<String, String> event) {
        List<Outcome> outcomes =
                new Pipeline(VALIDATOR, settings).process(TrackerPost.of(new TrackerPayload(event)), "test/1");
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    private static String base64(String contexts) {
        String json = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                + contexts + "]}";
        return Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
