package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.protocol.TrackerPayload;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtomicEventTest {

    private static final String REFERER = "https://page.test/path?utm_source=mail#top";
    private static final String LONGEST_URL =
            "http://s.test/" + "p".repeat(985) + "?" + "q".repeat(6000) + "#" + "f".repeat(2999);
    private static final List<String> REFERRER_FIELDS =
            AtomicFields.NAMES.stream().filter(name -> name.startsWith("refr_")).toList();

    private final Pipeline pipeline = new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))));

    // Page and referrer

    @Test
    void the_referer_of_a_request_is_the_page_of_an_event_without_one_and_never_its_referrer() {
        GoodEvent event = good(Map.of("e", "pv"), REFERER);

        assertThat(event.atomic())
                .containsEntry("page_url", REFERER)
                .containsEntry("page_urlhost", "page.test")
                .containsEntry("page_urlpath", "/path")
                .containsEntry("page_urlfragment", "top")
                .containsEntry("mkt_source", "mail")
                .doesNotContainKey("page_referrer")
                .doesNotContainKeys(REFERRER_FIELDS.toArray(String[]::new));
        assertThat(event.payload().context().refererUri()).isEqualTo(REFERER);
        assertThat(good(Map.of("e", "pv", "url", ""), REFERER).atomic()).containsEntry("page_urlhost", "page.test");
    }

    @Test
    void the_page_of_the_tracker_wins() {
        assertThat(good(Map.of("e", "pv", "url", "https://own.test/", "refr", "http://r.test/?q=a#b"), REFERER)
                        .atomic())
                .containsEntry("page_url", "https://own.test/")
                .containsEntry("page_urlhost", "own.test")
                .containsEntry("page_referrer", "http://r.test/?q=a#b")
                .containsEntry("refr_urlscheme", "http")
                .containsEntry("refr_urlhost", "r.test")
                .containsEntry("refr_urlport", 80L)
                .containsEntry("refr_urlpath", "/")
                .containsEntry("refr_urlquery", "q=a")
                .containsEntry("refr_urlfragment", "b")
                .doesNotContainKey("mkt_source");
        assertThat(good(Map.of("e", "pv", "url", "https://own.test/"), REFERER).atomic())
                .doesNotContainKey("page_referrer");
        assertThat(failed(Map.of("e", "pv", "url", "http://["), REFERER).atomic())
                .containsEntry("page_url", "http://[")
                .doesNotContainKey("page_urlhost");
    }

    @Test
    void an_address_that_is_none_fails_its_event_without_being_quoted() {
        assertThat(sentences(Map.of("e", "pv", "url", "http://sec^ret/", "refr", "http://[secret"), null))
                .hasSize(2)
                .anyMatch(sentence -> sentence.contains("parameter url (page_url)") && sentence.contains("\"^\""))
                .anyMatch(sentence -> sentence.contains("parameter refr (page_referrer)"))
                .noneMatch(sentence -> sentence.contains("secret"));
        assertThat(sentences(Map.of("e", "pv"), "http://"))
                .singleElement()
                .asString()
                .contains("header Referer (page_url)", "no host");
    }

    @Test
    void a_page_with_odd_characters_has_parts_and_campaign_and_is_kept_escaped() {
        assertThat(good(Map.of("e", "pv", "url", "https://shop.test/s?q={\"a\":1}&utm_source=mail"))
                        .atomic())
                .containsEntry("page_url", "https://shop.test/s?q=%7B%22a%22:1%7D&utm_source=mail")
                .containsEntry("page_urlhost", "shop.test")
                .containsEntry("mkt_source", "mail");
    }

    // Lengths

    @ParameterizedTest
    @CsvSource({
        "page_urlhost,https://,'',255",
        "page_urlpath,https://s.test,/,3000",
        "page_urlquery,https://s.test/?,'',6000",
        "page_urlfragment,https://s.test/#,'',3000",
        "mkt_medium,https://s.test/?utm_medium=,'',255",
        "mkt_source,https://s.test/?utm_source=,'',255",
        "mkt_term,https://s.test/?utm_term=,'',255",
        "mkt_content,https://s.test/?utm_content=,'',500",
        "mkt_campaign,https://s.test/?utm_campaign=,'',255",
        "mkt_clickid,https://s.test/?gclid=,'',1000",
        "refr_domain_userid,https://s.test/?_sp=,'',128"
    })
    void a_part_is_kept_in_full_up_to_its_limit_and_fails_beyond_it(
            String field, String start, String first, int limit) {
        String longest = first + "a".repeat(limit - first.length());

        assertThat(good(Map.of("e", "pv", "url", start + longest)).atomic()).containsEntry(field, longest);
        assertThat(sentences(Map.of("e", "pv", "url", start + longest + "a"), null))
                .singleElement()
                .asString()
                .contains("field " + field, limit + 1 + " characters, expected " + limit + " at most");
    }

    @Test
    void a_page_may_have_ten_thousand_characters() {
        assertLimitOfUrl("url", "page_url");
    }

    @Test
    void a_referrer_may_have_ten_thousand_characters() {
        assertLimitOfUrl("refr", "page_referrer");
        assertThat(sentences(Map.of("e", "pv"), tooLong(LONGEST_URL)))
                .anyMatch(sentence -> sentence.contains("page_url: 10001 characters"));
    }

    private void assertLimitOfUrl(String parameter, String field) {
        assertThat(good(Map.of("e", "pv", parameter, LONGEST_URL)).atomic()).containsEntry(field, LONGEST_URL);
        assertThat(sentences(Map.of("e", "pv", parameter, tooLong(LONGEST_URL)), null))
                .singleElement()
                .asString()
                .contains(parameter + " (" + field + "): 10001 characters, expected 10000 at most");
    }

    private static String tooLong(String url) {
        return url.replace("?", "p?");
    }

    // Campaigns and cross-domain linking

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "utm_source=a%20b+c,mkt_source,a b c",
                "utm_source=caf%E9%zz,mkt_source,caf\ufffd%zz",
                "utm%5Fsource=a,mkt_source,a",
                "utm_source=a&utm_source=b,mkt_source,b",
                "utm_source=a&utm_source=,mkt_source,-",
                "utm_source,mkt_source,-",
                "=a&utm_source=b=c,mkt_source,b=c",
                "a=b;utm_source=c,mkt_source,c",
                "UTM_SOURCE=a,mkt_source,-",
                "dclid=a&gclid=b,mkt_clickid,b",
                "dclid=a&gclid=b,mkt_network,Google",
                "msclkid=a,mkt_network,Microsoft",
                "dclid=a,mkt_network,DoubleClick",
                "fbclid=a,mkt_clickid,-"
            })
    void a_campaign_is_read_as_upstream_reads_queries(String query, String field, @Nullable String expected) {
        assertThat(good(Map.of("e", "pv", "url", "https://s.test/?" + query))
                        .atomic()
                        .text(field))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "abc.1600000000000,abc,2020-09-13T12:26:40Z",
                "abc.1600000000000.sess.dXNlcg.app.web.cmVhc29u,abc,2020-09-13T12:26:40Z",
                "abc.1600000000000......,abc,2020-09-13T12:26:40Z",
                "abc,abc,-",
                "abc.,abc,-",
                ".1600000000000,-,2020-09-13T12:26:40Z",
                "abc%2E1600000000000,abc,2020-09-13T12:26:40Z",
                "'',-,-"
            })
    void the_visitor_of_the_page_before_is_read(String value, @Nullable String id, @Nullable Instant time) {
        AtomicValues fields = good(Map.of("e", "pv", "url", "https://s.test/?a=b&_sp=" + value))
                .atomic();

        assertThat(fields.text("refr_domain_userid")).isEqualTo(id);
        assertThat(fields.time("refr_dvce_tstamp")).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({"abc.yesterday", "abc.16e11", "abc.99999999999999999", "abc.-99999999999999"})
    void a_time_of_the_page_before_that_is_none_fails_the_event(String value) {
        assertThat(sentences(Map.of("e", "pv", "url", "https://s.test/?_sp=" + value), null))
                .singleElement()
                .asString()
                .contains("_sp in page_url (refr_dvce_tstamp)", "milliseconds since 1970");
    }

    // Time

    @ParameterizedTest
    @CsvSource({
        "1000,3500,2026-11-23T21:00:08Z",
        "3500,1000,2026-11-23T21:00:10.500Z",
        "1000,1000,2026-11-23T21:00:10.500Z",
        "253402300799999,0,2026-11-23T21:00:10.500Z",
        "0,1700000000000,1973-01-09T22:46:50.500Z"
    })
    void a_derived_time_is_never_after_the_collectors(String created, String sent, Instant derived) {
        assertThat(good(Map.of("e", "pv", "dtm", created, "stm", sent)).atomic())
                .containsEntry("derived_tstamp", derived);
    }

    @Test
    void a_derived_time_before_christ_fails_the_event() {
        FailedEvent event = failed(Map.of("e", "pv", "dtm", "-62167219199000", "stm", "253402300798000"), null);

        assertThat(event.failures().get(0).sentence()).contains("derived_tstamp", "it would be -");
        assertThat(event.atomic()).containsEntry("derived_tstamp", TrackerPost.RECEIVED);
    }

    @ParameterizedTest
    @CsvSource({
        "253402300799999,9999-12-31T23:59:59.999Z",
        "253402300800000,",
        "-62167219200000,0000-01-01T00:00:00Z",
        "-62167219200001,",
        "9223372036854775807,",
        "-9223372036854775808,"
    })
    void times_are_in_the_years_0_to_9999(String millis, @Nullable Instant expected) {
        for (String parameter : List.of("dtm", "stm", "ttm")) {
            ProcessedEvent event = process(Map.of("e", "pv", parameter, millis), null);
            assertThat(event instanceof GoodEvent).isEqualTo(expected != null);
            if (expected != null) {
                assertThat(event.atomic()).containsValue(expected);
            }
        }
    }

    @Test
    void a_year_is_written_with_four_digits() {
        GoodEvent event = good(Map.of("e", "pv", "ttm", "-62167219200000"));

        assertThat(EnrichedTsv.write(event).split("\t", -1)[EnrichedTsv.COLUMNS.indexOf("true_tstamp")])
                .isEqualTo("0000-01-01 00:00:00.000");
    }

    // Parameters

    @Test
    void the_old_names_of_a_structured_event_are_read() {
        assertThat(good(Map.of("e", "ev", "ev_ca", "c", "ev_ac", "a", "ev_la", "l", "ev_pr", "p", "ev_va", "5"))
                        .atomic())
                .containsEntry("event", "struct")
                .containsEntry("event_name", "event")
                .containsEntry("event_vendor", "com.google.analytics")
                .containsEntry("se_category", "c")
                .containsEntry("se_action", "a")
                .containsEntry("se_label", "l")
                .containsEntry("se_property", "p")
                .containsEntry("se_value", BigDecimal.valueOf(5));
        for (List<String> order : List.of(List.of("se_ca", "ev_ca"), List.of("ev_ca", "se_ca"))) {
            Map<String, String> both = new LinkedHashMap<>(Map.of("e", "se"));
            order.forEach(name -> both.put(name, name));
            assertThat(good(both).atomic()).containsEntry("se_category", "se_ca");
        }
        assertThat(good(Map.of("e", "se", "se_ca", "", "ev_ca", "old")).atomic())
                .containsEntry("se_category", "old");
    }

    @Test
    void the_first_address_of_a_long_list_counts() {
        assertThat(good(Map.of("e", "pv", "ip", "2001:db8::1" + ", 10.0.0.1".repeat(20)))
                        .atomic())
                .containsEntry("user_ipaddress", "2001:db8::1");
    }

    /**
     * The outcome that Snowplow's pipeline documents for a value, by parameter type; "-" for absent, "!" for a failure.
     */
    private static final String OUTCOMES = """
            value                | INTEGER     | DECIMAL     | BOOLEAN | TIMESTAMP                | UUID                                 | DIMENSIONS     | ADDRESS
            null                 | -           | -           | !       | !                        | !                                    | !              | null
            NULL                 | -           | -           | !       | !                        | !                                    | !              | NULL
            Null                 | -           | -           | !       | !                        | !                                    | !              | Null
            <blank>              | !           | !           | !       | !                        | !                                    | !              | -
            0                    | 0           | 0           | false   | 1970-01-01T00:00:00Z     | !                                    | !              | 0
            1                    | 1           | 1           | true    | 1970-01-01T00:00:00.001Z | !                                    | !              | 1
            -1                   | -1          | -1          | !       | 1969-12-31T23:59:59.999Z | !                                    | !              | -1
            007                  | 7           | 7           | !       | 1970-01-01T00:00:00.007Z | !                                    | !              | 007
            1.50                 | !           | 1.5         | !       | !                        | !                                    | !              | 1.50
            1e3                  | !           | 1000        | !       | !                        | !                                    | !              | 1e3
            1e999999999          | !           | !           | !       | !                        | !                                    | !              | 1e999999999
            2147483647           | 2147483647  | 2147483647  | !       | 1970-01-25T20:31:23.647Z | !                                    | !              | 2147483647
            2147483648           | !           | 2147483648  | !       | 1970-01-25T20:31:23.648Z | !                                    | !              | 2147483648
            -2147483648          | -2147483648 | -2147483648 | !       | 1969-12-07T03:28:36.352Z | !                                    | !              | -2147483648
            -2147483649          | !           | -2147483649 | !       | 1969-12-07T03:28:36.351Z | !                                    | !              | -2147483649
            9223372036854775808  | !           | 9223372036854775808 | ! | !                      | !                                    | !              | 9223372036854775808
            NaN                  | !           | !           | !       | !                        | !                                    | !              | NaN
            Infinity             | !           | !           | !       | !                        | !                                    | !              | Infinity
            true                 | !           | !           | !       | !                        | !                                    | !              | true
            [1]                  | !           | !           | !       | !                        | !                                    | !              | [1]
            1920x1080            | !           | !           | !       | !                        | !                                    | 1920x1080      | 1920x1080
            01x0                 | !           | !           | !       | !                        | !                                    | 1x0            | 01x0
            2147483647x1         | !           | !           | !       | !                        | !                                    | 2147483647x1   | 2147483647x1
            2147483648x1         | !           | !           | !       | !                        | !                                    | !              | 2147483648x1
            -1x-1                | !           | !           | !       | !                        | !                                    | !              | -1x-1
            1.5x1                | !           | !           | !       | !                        | !                                    | !              | 1.5x1
            1x2x3                | !           | !           | !       | !                        | !                                    | !              | 1x2x3
            1X2                  | !           | !           | !       | !                        | !                                    | !              | 1X2
            １９２０x１０８０         | !           | !           | !       | !                        | !                                    | !              | １９２０x１０８０
            1.2.3.4,5.6.7.8      | !           | !           | !       | !                        | !                                    | !              | 1.2.3.4
            1.2.3.4, 5.6.7.8     | !           | !           | !       | !                        | !                                    | !              | 1.2.3.4
            ::1 1.2.3.4          | !           | !           | !       | !                        | !                                    | !              | ::1
            6DE9024E-17B9-4026-BD4D-EFEC50AE84CB | ! | !       | !       | !                        | 6de9024e-17b9-4026-bd4d-efec50ae84cb | !              | 6DE9024E-17B9-4026-BD4D-EFEC50AE84CB
            6de9024e17b94026bd4defec50ae84cb     | ! | !       | !       | !                        | !                                    | !              | 6de9024e17b94026bd4defec50ae84cb
            1-2-3-4-5            | !           | !           | !       | !                        | !                                    | !              | 1-2-3-4-5
            """;

    @Test
    void every_parameter_takes_what_upstream_takes() {
        List<String[]> rows =
                OUTCOMES.lines().map(line -> line.split(" *\\| *", -1)).toList();
        List<String> wrong = new ArrayList<>();
        for (AtomicFields.Rule rule : AtomicFields.RULES) {
            int column = List.of(rows.get(0)).indexOf(rule.type().name());
            for (String[] row : rows.subList(1, rows.size())) {
                if (column > 0) {
                    String value = row[0].equals("<blank>") ? " " : row[0];
                    String outcome = outcome(rule, value);
                    if (!outcome.equals(row[column])) {
                        wrong.add(rule.parameter() + "=" + value + " is " + outcome + ", expected " + row[column]);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void every_text_is_kept_up_to_its_limit_without_control_characters() {
        List<String> wrong = new ArrayList<>();
        for (AtomicFields.Rule rule : AtomicFields.RULES) {
            boolean isText =
                    rule.type() == AtomicType.TEXT && !List.of("url", "refr").contains(rule.parameter());
            for (String value :
                    isText ? List.of("null", " ", "0", "１", "{}", "ü😀", "😀".repeat(3)) : List.<String>of()) {
                boolean fits = value.codePointCount(0, value.length()) <= rule.maxLength();
                if (!outcome(rule, value).equals(fits ? value : "!")) {
                    wrong.add(rule.parameter() + "=" + value + " is " + outcome(rule, value));
                }
            }
            if (isText && !outcome(rule, "\u0000\r\n\u007f").equals("-")) {
                wrong.add(rule.parameter() + " keeps control characters");
            }
            if (isText && !outcome(rule, "a\u0001b\n").equals("ab")) {
                wrong.add(rule.parameter() + " keeps control characters beside others");
            }
            if (isText && !outcome(rule, "\t").equals(rule.maxLength() < 4 ? "!" : "    ")) {
                wrong.add(rule.parameter() + " has no blanks in the place of a tab");
            }
            if (rule.maxLength() < 20_000 && !outcome(rule, "x".repeat(20_000)).equals("!")) {
                wrong.add(rule.parameter() + " takes 20,000 characters");
            }
            // An event always has a type and an id.
            if (!List.of("e", "eid").contains(rule.parameter())
                    && !outcome(rule, "").equals("-")) {
                wrong.add(rule.parameter() + " is not absent if it is empty");
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Returns the field's value, "-" if it is absent, "!" if the event failed because of the parameter. */
    private String outcome(AtomicFields.Rule rule, String value) {
        Map<String, String> parameters = new LinkedHashMap<>(Map.of("e", "se"));
        parameters.put(rule.parameter(), value);
        ProcessedEvent event = process(parameters, null);
        if (event instanceof FailedEvent failed) {
            assertThat(failed.failures().get(0).sentence()).contains("parameter " + rule.parameter() + " (");
            return "!";
        }
        boolean isSize = rule.type() == AtomicType.DIMENSIONS;
        Object is = event.atomic().get(isSize ? rule.field() + "width" : rule.field());
        return is == null ? "-" : isSize ? is + "x" + event.atomic().get(rule.field() + "height") : is.toString();
    }

    // What the request and the collector add

    @Test
    void what_the_request_reveals_fills_fields_that_the_tracker_did_not_set() {
        CollectorPayload.Context sender = new CollectorPayload.Context(
                TrackerPost.RECEIVED, "203.0.113.9", "curl/8", null, List.of(), "network-1");

        assertThat(processFrom(sender, Map.of("e", "pv")).atomic())
                .containsEntry("user_ipaddress", "203.0.113.9")
                .containsEntry("useragent", "curl/8")
                .containsEntry("network_userid", "network-1")
                .containsEntry("v_collector", "internal-events-collector-" + ProductVersion.CURRENT)
                .containsEntry("v_etl", "internal-events-pipeline-" + ProductVersion.CURRENT)
                .containsEntry("collector_tstamp", TrackerPost.RECEIVED)
                .containsKeys("event_id", "etl_tstamp");
        assertThat(processFrom(sender, Map.of("e", "pv", "ip", "198.51.100.1", "ua", "own", "tnuid", "n"))
                        .atomic())
                .containsEntry("user_ipaddress", "198.51.100.1")
                .containsEntry("useragent", "own")
                .containsEntry("network_userid", "n");
    }

    @Test
    void an_event_without_an_id_gets_the_same_one_each_time_it_is_processed() {
        Object id = good(Map.of("e", "pv")).atomic().get("event_id");

        assertThat(id).asString().matches("[0-9a-f-]{36}");
        assertThat(good(Map.of("e", "pv")).atomic().get("event_id")).isEqualTo(id);
    }

    @Test
    void an_event_without_a_type_fails() {
        assertThat(sentences(Map.of("aid", "shop"), null))
                .singleElement()
                .asString()
                .contains("parameter e (event): it is missing");
        assertThat(sentences(Map.of("e", ""), null)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"100,false", "101,true"})
    void a_wrong_value_is_quoted_up_to_100_characters(int length, boolean cut) {
        String value = "x".repeat(length);

        assertThat(sentences(Map.of("e", "pv", "tid", value), null))
                .singleElement()
                .asString()
                .contains("\"" + "x".repeat(100) + (cut ? "…" : "") + "\" is not ");
    }

    private GoodEvent good(Map<String, String> parameters) {
        return good(parameters, null);
    }

    private GoodEvent good(Map<String, String> parameters, @Nullable String referer) {
        ProcessedEvent event = process(parameters, referer);
        assertThat(event).as(event::toString).isInstanceOf(GoodEvent.class);
        return (GoodEvent) event;
    }

    private FailedEvent failed(Map<String, String> parameters, @Nullable String referer) {
        ProcessedEvent event = process(parameters, referer);
        assertThat(event).isInstanceOf(FailedEvent.class);
        return (FailedEvent) event;
    }

    private List<String> sentences(Map<String, String> parameters, @Nullable String referer) {
        return failed(parameters, referer).failures().stream()
                .map(Failure::sentence)
                .toList();
    }

    private ProcessedEvent process(Map<String, String> parameters, @Nullable String referer) {
        return processFrom(
                new CollectorPayload.Context(TrackerPost.RECEIVED, null, null, referer, List.of(), null), parameters);
    }

    private ProcessedEvent processFrom(CollectorPayload.Context sender, Map<String, String> parameters) {
        TrackerPayload event = new TrackerPayload(new LinkedHashMap<>(parameters));
        CollectorPayload payload = TrackerPost.of(event).withContext(sender);
        List<Outcome> events = pipeline.process(payload, "test/1");
        assertThat(events).hasSize(1);
        return (ProcessedEvent) events.get(0);
    }
}
