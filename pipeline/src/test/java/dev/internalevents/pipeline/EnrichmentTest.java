package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.TrackerPayload;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrichmentTest {

    private static final String ID = "6fd9eec5-9741-4f03-964a-bcc7224c56c3";

    @Test
    void the_campaign_is_read_from_the_pages_address() {
        AtomicValues fields = good(
                        PipelineSettings.DEFAULTS,
                        Map.of(
                                "e",
                                "pv",
                                "url",
                                "https://x.test/?utm_source=a%20b&utm_medium=mail&utm_campaign=c&utm_term=&gclid=g"))
                .atomic();

        assertThat(fields)
                .containsEntry("mkt_source", "a b")
                .containsEntry("mkt_medium", "mail")
                .containsEntry("mkt_campaign", "c")
                .containsEntry("mkt_clickid", "g")
                .containsEntry("mkt_network", "Google")
                .doesNotContainKey("mkt_term");
    }

    @Test
    void the_user_agent_becomes_a_context() {
        GoodEvent event = good(
                PipelineSettings.DEFAULTS,
                Map.of(
                        "e", "pv",
                        "ua", "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"));

        assertThat(event.derivedContexts().list()).hasSize(1);
        assertThat(Json.write(event.derivedContexts().toMap()))
                .contains(
                        "\"useragentFamily\":\"Firefox\"",
                        "\"useragentVersion\":\"Firefox 120.0\"",
                        "\"osFamily\":\"Linux\"");
        assertThat(new SchemaValidator(new Resolver(List.of(new ShippedRegistry())))
                        .validate(event.derivedContexts().list().get(0)))
                .isEmpty();
        assertThat(good(new PipelineSettings(false, 0, null), Map.of("e", "pv", "ua", "x"))
                        .derivedContexts()
                        .isEmpty())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1,10.1.2.3,10.1.2.x",
        "2,10.1.2.3,10.1.x.x",
        "4,10.1.2.3,x.x.x.x",
        "1,2001:db8::1,2001:db8:0:0:0:0:x:x",
        "4,::1,x:x:x:x:x:x:x:x",
        "2,nonsense,x"
    })
    void the_end_of_an_address_is_left_out(int parts, String address, String expected) {
        GoodEvent event = good(new PipelineSettings(false, parts, null), Map.of("e", "pv", "ip", address));
        assertThat(event.atomic().text("user_ipaddress")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "https://g.test/group/sub/project/-/issues/1?x=y#z,https://g.test/H/H/H/-/issues/1?x=y#z",
        "https://g.test/-/profile,https://g.test/-/profile",
        "https://g.test/users/sign_in,https://g.test/users/H",
        "https://g.test/group,https://g.test/H",
        "https://g.test/,https://g.test/",
        "https://g.test,https://g.test",
        "not a url,H"
    })
    void names_in_addresses_become_hashes(String url, String expected) {
        Pseudonyms pseudonyms =
                new Pseudonyms(new PseudonymSettings("0123456789abcdef", EnumSet.allOf(PseudonymSettings.Field.class)));

        assertThat(pseudonyms.url(url).replaceAll("[0-9a-f]{32}", "H")).isEqualTo(expected);
        assertThat(pseudonyms.pseudonym("a"))
                .isEqualTo(pseudonyms.pseudonym("a"))
                .isNotEqualTo(pseudonyms.pseudonym("b"));
        assertThat(new Pseudonyms(new PseudonymSettings(
                                "another key of length", EnumSet.noneOf(PseudonymSettings.Field.class)))
                        .pseudonym("a"))
                .isNotEqualTo(pseudonyms.pseudonym("a"));
    }

    @Test
    void a_key_that_is_too_short_is_refused_and_never_shown() {
        PseudonymSettings settings = new PseudonymSettings("short", EnumSet.noneOf(PseudonymSettings.Field.class));

        assertThatThrownBy(() -> new Pseudonyms(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pseudonym-key: it has 5 bytes, expected 16 or more");
        assertThat(settings.toString()).doesNotContain("short");
    }

    @Test
    void two_arrivals_are_one_event_when_all_but_the_time_of_sending_agrees() {
        EventKey first = key(Map.of("e", "pv", "eid", ID, "stm", "1", "page", "a"));

        assertThat(key(ordered("stm", "2", "page", "a", "eid", ID, "e", "pv"))).isEqualTo(first);
        assertThat(key(Map.of("e", "pv", "eid", ID.toUpperCase(java.util.Locale.ROOT), "page", "a")))
                .isEqualTo(first);
        assertThat(key(Map.of("e", "pv", "eid", ID, "page", "b"))).isNotEqualTo(first);
        assertThat(key(Map.of("e", "pv", "eid", ID, "pagea", ""))).isNotEqualTo(first);
        assertThat(EventKey.of(new TrackerPayload(Map.of("e", "pv")))).isNull();
        assertThat(EventKey.of(new TrackerPayload(Map.of("e", "pv", "eid", "no id"))))
                .isNull();
    }

    @Test
    void an_id_that_another_event_has_is_kept_in_a_context() {
        GoodEvent event = good(PipelineSettings.DEFAULTS, Map.of("e", "pv", "eid", ID));

        assertThat(Deduplication.apply(event, Deduplication.Seen.NEVER, "s/1/2"))
                .isSameAs(event);
        assertThat(Deduplication.apply(event, Deduplication.Seen.SAME, "s/1/2")).isNull();
        GoodEvent renamed = (GoodEvent) Deduplication.apply(event, Deduplication.Seen.OTHER, "s/1/2");
        assertThat(renamed.atomic().text("event_id")).isNotEqualTo(ID);
        assertThat(renamed.key()).isEqualTo(event.key());
        assertThat(Json.write(renamed.derivedContexts().toMap())).contains("\"originalEventId\":\"" + ID + "\"");
        assertThat(Deduplication.apply(event, Deduplication.Seen.OTHER, "s/1/2"))
                .isEqualTo(renamed);
        assertThat(((GoodEvent) Deduplication.apply(event, Deduplication.Seen.OTHER, "s/1/3")).atomic())
                .isNotEqualTo(renamed.atomic());
    }

    @Test
    void a_line_has_131_fields_whatever_is_in_the_event() {
        String line = EnrichedTsv.write(good(
                PipelineSettings.DEFAULTS,
                Map.of("e", "se", "se_ac", "a\tb\nc", "se_va", "1.50", "cookie", "1", "aid", "app", "eid", ID)));

        String[] fields = line.split("\t", -1);
        assertThat(EnrichedTsv.COLUMNS).hasSize(131);
        assertThat(fields).hasSize(131);
        assertThat(fields[0]).isEqualTo("app");
        assertThat(fields[6]).isEqualTo(ID);
        assertThat(fields[EnrichedTsv.COLUMNS.indexOf("se_action")]).isEqualTo("a    bc");
        assertThat(fields[EnrichedTsv.COLUMNS.indexOf("se_value")]).isEqualTo("1.5");
        assertThat(fields[EnrichedTsv.COLUMNS.indexOf("br_cookies")]).isEqualTo("1");
        assertThat(fields[EnrichedTsv.COLUMNS.indexOf("collector_tstamp")]).isEqualTo("2026-11-23 21:00:10.500");
        assertThat(EnrichedTsv.COLUMNS.indexOf("contexts")).isEqualTo(52);
        assertThat(EnrichedTsv.COLUMNS.indexOf("unstruct_event")).isEqualTo(58);
        assertThat(EnrichedTsv.COLUMNS.indexOf("derived_contexts")).isEqualTo(122);
    }

    private static EventKey key(Map<String, String> parameters) {
        return java.util.Objects.requireNonNull(EventKey.of(new TrackerPayload(parameters)));
    }

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static GoodEvent good(PipelineSettings settings, Map<String, String> parameters) {
        Pipeline pipeline = new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))), settings);
        return (GoodEvent) pipeline.process(TrackerPost.of(new TrackerPayload(parameters)), "test/1")
                .get(0);
    }
}
