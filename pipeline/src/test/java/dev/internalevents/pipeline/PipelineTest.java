package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineTest {

    private final Pipeline pipeline = new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))));

    @Property
    void any_bytes_are_an_event_that_keeps_them(@ForAll byte[] bytes) {
        CollectorPayload payload = TrackerPost.of(bytes);

        assertThat(pipeline.process(payload, "test/1"))
                .isNotEmpty()
                .allSatisfy(
                        event -> assertThat(((ProcessedEvent) event).payload()).isSameAs(payload));
    }

    @Property(tries = 2_000)
    void any_parameters_are_one_event(@ForAll("parameters") Map<String, String> parameters) {
        List<Outcome> events = pipeline.process(TrackerPost.of(new TrackerPayload(parameters)), "test/1");

        assertThat(events).hasSize(1);
        if (events.get(0) instanceof FailedEvent failed) {
            assertThat(failed.failures())
                    .allSatisfy(failure -> assertThat(failure.sentence()).isNotBlank());
        }
    }

    @Provide
    Arbitrary<Map<String, String>> parameters() {
        Arbitrary<String> names = Arbitraries.of(
                AtomicFields.RULES.stream().map(AtomicFields.Rule::parameter).toList());
        Arbitrary<String> values = Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMaxLength(40),
                Arbitraries.of(
                        "se", "pv", "1", "0", "1x1", "x", "-1", "1e999999999", "9223372036854775807", "http://[", "tr"),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf));
        return Arbitraries.maps(names, values).ofMaxSize(12);
    }

    @Test
    void an_event_lists_a_limited_number_of_failures_and_says_how_many_more_there_are() {
        String context = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/element_content/jsonschema/1-0-0\","
                + "\"data\":{\"attributes\":[" + String.join(",", Collections.nCopies(17, "{}")) + "]}}";
        String contexts = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                + String.join(",", Collections.nCopies(1_000, context)) + "]}";

        FailedEvent failed = (FailedEvent) only(Map.of("e", "pv", "p", "web", "co", contexts));

        assertThat(failed.failures()).hasSize(Failures.MAX_LISTED + 1);
        assertThat(failed.failures().get(Failures.MAX_LISTED).sentence())
                .isEqualTo(
                        "the event: 1,000 more failures are not listed, and the remaining contexts were not checked");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "com.gitlab/gitlab_standard/jsonschema/1-1-7 | {\"environment\":7} | VALIDATE"
                        + " | environment is of type integer, expected string (gitlab_standard)",
                "com.gitlab/gitlab_standard/jsonschema/1-1-7 | {} | VALIDATE"
                        + " | the required field \"environment\" is missing (gitlab_standard)",
                "com.acme/checkout/jsonschema/1-0-0 | {} | SCHEMA | com.acme/checkout/1-0-0: the schema is not known",
            })
    void a_reason_begins_with_its_cause(String schema, String data, Failure.Step step, String reason) {
        String contexts = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                + "{\"schema\":\"iglu:" + schema + "\",\"data\":" + data + "}]}";

        Failure failure = ((FailedEvent) only(Map.of("e", "pv", "co", contexts)))
                .failures()
                .get(0);

        assertThat(failure.step()).isEqualTo(step);
        assertThat(failure.reason()).startsWith(reason);
    }

    @Test
    void the_events_of_a_request_share_what_their_failures_may_take() {
        String context = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/element_content/jsonschema/1-0-0\","
                + "\"data\":{\"attributes\":[" + String.join(",", Collections.nCopies(17, "{}")) + "]}}";
        Map<String, String> event = Map.of(
                "e",
                "pv",
                "co",
                "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":[" + context
                        + "]}");

        List<Outcome> events = pipeline.process(
                TrackerPost.of(PayloadData.encode(Collections.nCopies(1_000, new TrackerPayload(event)))), "test/1");

        assertThat(events).hasSize(1_000);
        assertThat(((FailedEvent) events.get(0)).failures()).hasSize(Failures.MAX_LISTED);
        assertThat(((FailedEvent) events.get(999)).failures()).hasSize(2);
    }

    @Test
    void contexts_of_more_values_than_memory_is_for_fail_the_event() {
        String contexts = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                + String.join(",", Collections.nCopies(600_000, "{}")) + "]}";

        assertThat(((FailedEvent) only(Map.of("e", "pv", "co", contexts))).failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.message())
                        .startsWith("co: it has more than 1000000 names, values and brackets"));
    }

    @ParameterizedTest
    @CsvSource({
        "se_la,4096,true",
        "se_la,4097,false",
        "se_ac,1000,true",
        "se_ac,1001,false",
        "aid,255,true",
        "aid,256,false",
        "tv,100,true",
        "tv,101,false",
        "tna,128,true",
        "tna,129,false"
    })
    void texts_have_a_maximum_length_in_characters(String parameter, int length, boolean good) {
        // A character outside the BMP counts as one.
        ProcessedEvent event = only(Map.of("e", "se", parameter, "😀".repeat(length)));

        assertThat(event instanceof GoodEvent).isEqualTo(good);
        if (event instanceof FailedEvent failed) {
            assertThat(failed.failures().get(0).sentence())
                    .contains(parameter, length + " characters, expected " + (length - 1) + " at most");
        }
    }

    @Test
    void the_derived_time_takes_the_senders_clock_out() {
        Map<String, String> sent = Map.of("e", "pv", "dtm", "1000", "stm", "3500");

        assertThat(fields(sent)).containsEntry("derived_tstamp", Instant.parse("2026-11-23T21:00:08.000Z"));
        assertThat(fields(Map.of("e", "pv")))
                .containsEntry("derived_tstamp", Instant.parse("2026-11-23T21:00:10.500Z"));
        assertThat(fields(Map.of("e", "pv", "dtm", "1000", "stm", "3500", "ttm", "0")))
                .containsEntry("derived_tstamp", Instant.parse("1970-01-01T00:00:00.000Z"));
    }

    @Test
    void parameters_become_typed_fields() {
        assertThat(fields(Map.of(
                        "e", "pv",
                        "url", "https://shop.test:8443/a/b?c=d#e",
                        "refr", "http://r.test",
                        "res", "1920x1080",
                        "vp", "800x600",
                        "ds", "700x5000",
                        "vid", "3",
                        "cookie", "1",
                        "tz", "Europe/Berlin")))
                .containsEntry("event_name", "page_view")
                .containsEntry("page_urlscheme", "https")
                .containsEntry("page_urlhost", "shop.test")
                .containsEntry("page_urlport", 8443L)
                .containsEntry("page_urlpath", "/a/b")
                .containsEntry("page_urlquery", "c=d")
                .containsEntry("page_urlfragment", "e")
                .containsEntry("refr_urlport", 80L)
                .containsEntry("dvce_screenwidth", 1920L)
                .containsEntry("br_viewheight", 600L)
                .containsEntry("doc_height", 5000L)
                .containsEntry("domain_sessionidx", 3L)
                .containsEntry("br_cookies", true)
                .containsEntry("os_timezone", "Europe/Berlin");
    }

    @ParameterizedTest
    @CsvSource({
        "eid,0000000000000000-0000-0000-0000-0000",
        "eid,not-a-uuid",
        "vid,1.5",
        "res,1920",
        "res,axb",
        "cookie,maybe",
        "p,toaster",
        "dtm,99999999999999999",
        "se_va,1e999999999",
        "ti_qu,many"
    })
    void a_value_of_another_type_fails(String parameter, String value) {
        assertThat(only(Map.of("e", "se", parameter, value)))
                .isInstanceOfSatisfying(
                        FailedEvent.class,
                        failed -> assertThat(failed.failures().get(0).sentence())
                                .contains(parameter, "\"" + value + "\" is not "));
    }

    private Map<String, Object> fields(Map<String, String> parameters) {
        return ((GoodEvent) only(parameters)).atomic();
    }

    private ProcessedEvent only(Map<String, String> parameters) {
        TrackerPayload event = new TrackerPayload(new LinkedHashMap<>(parameters));
        List<Outcome> events = pipeline.process(TrackerPost.of(event), "test/1");
        assertThat(events).hasSize(1);
        return (ProcessedEvent) events.get(0);
    }
}
