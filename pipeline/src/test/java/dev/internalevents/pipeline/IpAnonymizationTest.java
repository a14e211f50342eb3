package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.protocol.TrackerPayload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAnonymizationTest {

    private static final String ENVELOPE =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[%s]}";

    private final IpAnonymization two = new IpAnonymization(2);

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9,203.0.x.x",
        "203.0.113.9:5678,203.0.x.x",
        "::ffff:203.0.113.9,203.0.x.x",
        "::FFFF:CB00:7109,203.0.x.x",
        "[2001:DB8:1:2:3:4:5:6]:443,2001:db8:1:2:x:x:x:x",
        "2001:db8::1,2001:db8:0:0:x:x:x:x",
        "'203.0.113.9, 198.51.100.7','203.0.x.x, 198.51.x.x'",
        "203.0.113.x,203.0.x.x",
        "203.0.x.x,203.0.x.x",
        "x.x.x.x,x.x.x.x",
        "2001:db8:0:0:0:0:x:x,2001:db8:0:0:x:x:x:x",
        "cb007109,x",
        "0313.0.0161.011,x",
        "a.host.example,x"
    })
    void the_end_of_an_address_is_left_out_however_it_is_written(String text, String left) {
        assertThat(two.address(text)).isEqualTo(left);
        assertThat(two.address(left)).as("again").isEqualTo(left);
    }

    @ParameterizedTest
    @CsvSource({
        "a 203.0.113.9 b,a 203.0.x.x b",
        "v203.0.113.9z,v203.0.x.xz",
        "1203.0.113.9,1203.0.x.x",
        "ip=2001%3ADB8%3A%3A1&e=pv,ip=2001:db8:0:0:x:x:x:x&e=pv",
        "203%2E0%2e113%2E9,203.0.x.x",
        "203\\u002e0.113.9,203.0.x.x",
        "%32%30%33.0.113.9,203.0.x.x",
        "203.000.113.009,203.0.x.x",
        "12:30:59 and 00:1a:2b:3c:4d:5e,12:30:59 and 00:1a:2b:3c:4d:5e",
        "1.2.3 is a version,1.2.3 is a version",
        "100% of %zz %,100% of %zz %"
    })
    void in_a_text_whatever_reads_as_an_address_is_masked(String text, String masked) {
        assertThat(two.text(text, false)).isEqualTo(masked);
        assertThat(two.text(masked, false)).as("again").isEqualTo(masked);
    }

    @Property(tries = 1_000)
    void no_address_is_left_in_a_text_whatever_stands_around_it(
            @ForAll @Size(16) byte[] six, @ForAll @Size(4) byte[] four, @ForAll String before, @ForAll String after) {
        for (IpAddress address : List.of(new IpAddress(six), new IpAddress(four))) {
            for (String form :
                    List.of(address.toString(), address.toString().toUpperCase(Locale.ROOT), address.masked(0))) {
                assertThat(two.text(before + form + after, false)).doesNotContainIgnoringCase(form);
                assertThat(two.text(before + form + after, true)).doesNotContainIgnoringCase(form);
            }
        }
    }

    @Test
    void a_body_of_colons_and_digits_costs_one_pass() {
        for (String piece : List.of(":", "1:", "ffff:", "1.", "255.255.255", "::1.1.1", "%3A", "\\u003a")) {
            assertThat(two.text(piece.repeat(1_000_000 / piece.length()), false))
                    .isNotEmpty();
        }
    }

    @Test
    void headers_that_carry_the_address_are_masked_and_the_address_is_found_in_others() {
        CollectorPayload masked = two.sender(payload(
                null,
                null,
                null,
                "203.0.113.9",
                List.of(
                        "X-Forwarded-For: 203.0.113.9, 2001:DB8::9",
                        "Forwarded: for=\"[2001:db8::9]:80\";proto=https",
                        "X-Real-IP: ::ffff:203.0.113.9",
                        "X-Our-Own-Proxy: [2001:db8:0:0::9]",
                        "User-Agent: Chrome/120.0.0.0",
                        "Referer: http://198.51.100.7/",
                        "Host: 203.0.113.9:80")));

        assertThat(masked.context().ipAddress()).isEqualTo("203.0.x.x");
        assertThat(masked.context().headers())
                .containsExactly(
                        "X-Forwarded-For: 203.0.x.x, 2001:db8:0:0:x:x:x:x",
                        "Forwarded: for=\"[2001:db8:0:0:x:x:x:x]:80\";proto=https",
                        "X-Real-IP: 203.0.x.x",
                        "X-Our-Own-Proxy: [2001:db8:0:0:x:x:x:x]",
                        "User-Agent: Chrome/120.0.0.0",
                        "Referer: http://198.51.100.7/",
                        "Host: 203.0.113.9:80");
        assertThat(two.sender(masked)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void of_an_anonymous_sender_nothing_stays(int parts) {
        CollectorPayload kept = new IpAnonymization(parts)
                .request(payload(
                        "e=pv&ip=203.0.113.9&p=web",
                        String.format(ENVELOPE, "{\"e\":\"pv\",\"ip\":\"203.0.113.9\"}"),
                        null,
                        "203.0.113.9",
                        List.of("sp-anonymous: *", "X-Real-IP: 203.0.113.9", "X-Mine: 203.0.113.9", "Accept: */*")));

        assertThat(kept.context().ipAddress()).isNull();
        assertThat(kept.context().headers()).containsExactly("sp-anonymous: *", "X-Mine: x", "Accept: */*");
        assertThat(kept.querystring()).isEqualTo("e=pv&p=web");
        assertThat(text(kept)).isEqualTo(String.format(ENVELOPE, "{\"e\":\"pv\"}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "e=pv&ip=203.0.113.9&page=203.0.113.9|e=pv&ip=203.0.x.x&page=203.0.113.9",
                "i%70=2001%3Adb8%3A%3A1|ip=2001%3Adb8%3A0%3A0%3Ax%3Ax%3Ax%3Ax",
                "IP=203.0.113.9|IP=203.0.x.x",
                "page=%zz&ip=203.0.113.9|page=%zz&ip=203.0.x.x",
                "&&ip&ip=&=203|&&ip=&ip=&=203"
            })
    void the_parameter_of_a_query_is_masked(String query, String kept) {
        assertThat(two.request(payload(query, null, null, null, List.of())).querystring())
                .isEqualTo(kept);
    }

    @Test
    void the_parameter_of_a_body_is_masked_and_the_rest_stays() {
        String body = String.format(
                ENVELOPE,
                "{\"e\":\"pv\",\"ip\":\"%1$s\",\"ua\":\"Chrome/120.0.0.0\",\"cx\":\"MjAzLjAuMTEzLjk\"},7,{\"ip\":{\"a\":[\"%1$s\"]}}");
        String expected = String.format(body, "203.0.x.x");
        String received = String.format(body, "203.0.113.9");

        CollectorPayload plain = two.request(payload(null, received, null, null, List.of()));
        CollectorPayload gzip = two.request(payload(null, received, "gzip", null, List.of()));

        assertThat(text(plain)).isEqualTo(expected);
        assertThat(text(gzip)).isEqualTo(expected);
        assertThat(gzip.contentEncoding()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ip\":\"%s\"",
                "ip=%s&e=pv",
                "%s",
                "\"%s\"",
                "{\"schema\":\"iglu:a/b/jsonschema/1-0-0\",\"data\":[{\"ip\":\"%s\"}]}",
                "\u00ff %s"
            })
    void in_a_body_that_is_no_envelope_every_address_is_masked(String body) {
        for (String encoding : new String[] {null, "gzip", "br"}) {
            for (String address : List.of("203.0.113.9", "2001:DB8::9", "2001%3ADB8%3A%3A9")) {
                CollectorPayload kept =
                        two.request(payload(null, body.replace("%s", address), encoding, null, List.of()));
                assertThat(text(kept)).doesNotContain(address);
                // A body that may be compressed in an unknown way cannot be masked, so it is removed.
                assertThat(text(kept).isEmpty()).isEqualTo("br".equals(encoding) && body.charAt(0) > 0x7f);
            }
        }
    }

    @Test
    void a_body_that_cannot_be_looked_into_is_left_out() {
        byte[] cut = java.util.Arrays.copyOf(gzip("203.0.113.9 ".repeat(50)), 20);
        CollectorPayload payload = payload(null, "", "gzip", null, List.of()).withContent(RequestBody.of(cut), "gzip");

        assertThat(text(two.request(payload))).isEmpty();
        assertThat(text(two.request(payload.withContent(RequestBody.of(new byte[] {'2', 0, '0', 0, '3', 0}), null))))
                .isEmpty();
    }

    @Test
    void events_fields_failures_and_frames_are_without_the_address() {
        Pipeline pipeline = new Pipeline(
                new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))),
                new PipelineSettings(false, 2, null));
        String body = String.format(
                ENVELOPE,
                "{\"e\":\"pv\",\"ip\":\"203.0.113.9\"},{\"e\":\"se\",\"se_va\":\"x\",\"ip\":\"203.0.113.9\"},{\"ip\":203}");
        CollectorPayload payload =
                payload("ip=203.0.113.9", body, "gzip", "203.0.113.9", List.of("X-Real-IP: 203.0.113.9"));
        List<ProcessedEvent> events = processed(pipeline.process(payload, "a/1"));

        assertThat(events).hasSize(3);
        assertThat(events.get(0).atomic().text("user_ipaddress")).isEqualTo("203.0.x.x");
        assertThat(events.get(1)).isInstanceOf(FailedEvent.class);
        for (ProcessedEvent event : events) {
            assertThat(String.valueOf(event)).doesNotContain("203.0.113.9");
            assertThat(String.valueOf(event.payload())).doesNotContain("203.0.113.9");
        }
        CollectorPayload kept = PayloadFrame.decode(
                pipeline.anonymous(PayloadFrame.encode(payload), events.get(1).payload()));
        assertThat(kept.toString() + text(kept)).doesNotContain("203.0.113.9");
        assertThat(text(events.get(1).payload())).isEqualTo(text(kept));
        List<ProcessedEvent> again = processed(pipeline.process(kept, "a/1"));
        assertThat(again.get(0)).isInstanceOf(GoodEvent.class);
        assertThat(again.get(0).raw().parameters())
                .isEqualTo(events.get(0).raw().parameters());
        assertThat(again.get(1).raw().parameters())
                .isEqualTo(events.get(1).raw().parameters());
        assertThat(((FailedEvent) again.get(1)).failures()).isEqualTo(((FailedEvent) events.get(1)).failures());
    }

    @Test
    void without_the_option_a_request_stays_as_it_is() {
        CollectorPayload payload = payload("ip=203.0.113.9", "x", "br", "203.0.113.9", List.of("Via: 203.0.113.9"));

        assertThat(new IpAnonymization(0).request(payload)).isSameAs(payload);
    }

    @ParameterizedTest
    @CsvSource({"0,false,false", "0,true,true", "1,false,true", "4,true,true"})
    void a_request_is_concerned_if_parts_are_masked_or_its_sender_is_anonymous(
            int parts, boolean anonymous, boolean concerned) {
        CollectorPayload payload =
                payload(null, "x", null, "203.0.113.9", anonymous ? List.of("SP-Anonymous: *") : List.of());

        assertThat(new IpAnonymization(parts).concerns(payload)).isEqualTo(concerned);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5})
    void from_none_to_four_octets_are_masked(int parts) {
        assertThatThrownBy(() -> new IpAnonymization(parts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("anonymize-ip: " + parts + " is not a number of octets from 0 to 4");
    }

    @Test
    void the_parameter_of_an_event_is_masked_however_its_name_is_written() {
        IpAnonymization masking = new IpAnonymization(2);
        TrackerPayload event = new TrackerPayload(Map.of("e", "pv", "ip", "203.0.113.9", "IP", "198.51.100.7"));

        assertThat(masking.parameters(event, false).parameters())
                .isEqualTo(Map.of("e", "pv", "ip", "203.0.x.x", "IP", "198.51.x.x"));
        assertThat(masking.parameters(event, true).parameters()).isEqualTo(Map.of("e", "pv"));
    }

    @Test
    void an_event_without_the_parameter_stays_as_it_is_unless_its_sender_is_anonymous() {
        IpAnonymization masking = new IpAnonymization(2);
        TrackerPayload event = new TrackerPayload(Map.of("e", "pv", "tnuid", "n", "page", "203.0.113.9"));
        TrackerPayload without = new TrackerPayload(Map.of("e", "pv"));

        assertThat(masking.parameters(event, false)).isSameAs(event);
        assertThat(masking.parameters(without, true)).isSameAs(without);
        assertThat(masking.parameters(event, true).parameters())
                .containsEntry("page", "203.0.113.9")
                .containsEntry("tnuid", "00000000-0000-0000-0000-000000000000");
    }

    private static String text(CollectorPayload payload) {
        RequestBody body = payload.body();
        return body == null ? "" : new String(body.bytes(), StandardCharsets.ISO_8859_1);
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static CollectorPayload payload(
            @Nullable String query,
            @Nullable String body,
            @Nullable String encoding,
            @Nullable String address,
            List<String> headers) {
        byte[] bytes =
                body == null ? null : "gzip".equals(encoding) ? gzip(body) : body.getBytes(StandardCharsets.ISO_8859_1);
        return new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                query,
                "application/json",
                encoding,
                bytes == null ? null : RequestBody.of(bytes),
                new CollectorPayload.Source("test", "UTF-8", null),
                new CollectorPayload.Context(
                        Instant.parse("2026-11-23T21:00:10.500Z"), address, null, null, headers, null));
    }

    private static List<ProcessedEvent> processed(List<Outcome> outcomes) {
        return outcomes.stream().map(outcome -> (ProcessedEvent) outcome).toList();
    }
}
