package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.TrackerPayload;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProcessedEventFrameTest {

    private static final String ORIGIN = "7f3c1f0e-1111-4222-8333-944455556666/1/2";
    private static final Pipeline PIPELINE = new Pipeline(
            new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))),
            PipelineSettings.DEFAULTS,
            InstantSource.fixed(Instant.parse("2026-11-30T12:00:00Z")));
    private static final String CONTEXTS = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1";
    private static final String UNSTRUCT = "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0";
    private static final String GITLAB = "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-1";

    /** What parameters of trackers have in practice, and what they should not have. */
    private static final List<String> VALUES = List.of(
            "se",
            "pv",
            "ue",
            "srv",
            "1",
            "-3",
            "12.50",
            "1E+3",
            "1780000000000",
            "1920x1080",
            "true",
            "0",
            "",
            " ",
            "ä€😀",
            "https://example.com/a?utm_source=x&gclid=1#f",
            "b7f3c1f0-e111-4222-8333-944455556666",
            "10.1.2.3",
            "x".repeat(3_000),
            "\u0001\t\"\\");

    @Provide
    Arbitrary<List<ProcessedEvent>> events() {
        return Arbitraries.randomValue(ProcessedEventFrameTest::request);
    }

    /** Returns the events of a random request. */
    private static List<ProcessedEvent> request(Random random) {
        List<TrackerPayload> sent = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            sent.add(event(random));
        }
        CollectorPayload payload = TrackerPost.of(sent.toArray(new TrackerPayload[0]));
        if (random.nextInt(8) == 0) {
            payload = TrackerPost.of("{\"schema\":17}".getBytes(StandardCharsets.UTF_8));
        }
        return PIPELINE.process(payload, ORIGIN).stream()
                .map(outcome ->
                        outcome instanceof WaitingEvent waiting ? waiting.otherwise() : (ProcessedEvent) outcome)
                .toList();
    }

    private static TrackerPayload event(Random random) {
        Map<String, String> parameters = new LinkedHashMap<>();
        boolean isGood = random.nextBoolean();
        parameters.put("e", isGood ? List.of("se", "pv", "ue", "pp").get(random.nextInt(4)) : any(random));
        parameters.put("se_ca", "c");
        parameters.put("se_ac", "a");
        List<String> names = List.copyOf(AtomicFields.BY_PARAMETER.keySet());
        for (int i = random.nextInt(12); i > 0 && !isGood; i--) {
            parameters.put(names.get(random.nextInt(names.size())), any(random));
        }
        if (random.nextBoolean()) {
            parameters.put("eid", "b7f3c1f0-e111-4222-8333-944455556666");
        }
        if (random.nextBoolean()) {
            String data = random.nextBoolean()
                    ? "{\"environment\":\"test\",\"source\":\"s\",\"project_id\":17,\"extra\":" + tree(random, 3) + "}"
                    : "" + tree(random, 4);
            parameters.put(
                    "co",
                    "{\"schema\":\"" + CONTEXTS + "\",\"data\":[{\"schema\":\"" + GITLAB + "\",\"data\":" + data
                            + "}]}");
        }
        if (random.nextBoolean()) {
            parameters.put(
                    "ue_pr",
                    "{\"schema\":\"" + UNSTRUCT
                            + "\",\"data\":{\"schema\":\"iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1\","
                            + "\"data\":{\"targetUrl\":\"https://x.test\"}}}");
        }
        return new TrackerPayload(parameters);
    }

    private static String any(Random random) {
        return VALUES.get(random.nextInt(VALUES.size()));
    }

    /** Returns JSON text. */
    private static String tree(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 7)) {
            case 0 -> "null";
            case 1 -> "true";
            case 2 -> String.valueOf(random.nextLong());
            case 3 -> "1234567890123456789012345678901234567890";
            case 4 -> "1.50";
            case 5 -> "-2.5e-7";
            case 6 -> Json.write(any(random));
            case 7 -> "[" + tree(random, depth - 1) + "," + tree(random, depth - 1) + "]";
            default -> "{\"a\":" + tree(random, depth - 1) + ",\"B b\":" + tree(random, depth - 1) + "}";
        };
    }

    /** Returns what a frame has of an event. */
    private static ProcessedEvent kept(ProcessedEvent event) {
        if (event.raw() == null) {
            return event;
        }
        CollectorPayload whole = event.payload();
        CollectorPayload bare = new CollectorPayload(
                whole.api(), null, whole.contentType(), whole.contentEncoding(), null, whole.source(), whole.context());
        if (event instanceof FailedEvent failed) {
            RawEvent raw = new RawEvent(bare, event.raw().parameters(), event.index());
            return new FailedEvent(bare, failed.index(), raw, failed.atomic(), failed.failures(), failed.key());
        }
        GoodEvent good = (GoodEvent) event;
        Map<String, String> parameters =
                new LinkedHashMap<>(good.raw().parameters().parameters());
        List.of("cx", "co", "ue_px", "ue_pr").forEach(parameters::remove);
        return new GoodEvent(
                new RawEvent(bare, new TrackerPayload(parameters), good.index()),
                good.schema(),
                good.atomic(),
                good.contexts(),
                good.unstruct(),
                good.derivedContexts(),
                good.key());
    }

    @Property(tries = 2_000)
    void an_event_is_read_as_it_was_written(@ForAll("events") List<ProcessedEvent> events) {
        for (ProcessedEvent event : events) {
            byte[] frame = ProcessedEventFrame.encode(event, ORIGIN);
            ProcessedEventFrame.Decoded decoded = ProcessedEventFrame.decode(frame);

            assertThat(decoded.event()).isEqualTo(kept(event));
            assertThat(decoded.origin()).isEqualTo(ORIGIN);
            assertThat(ProcessedEventFrame.encode(decoded.event(), ORIGIN)).isEqualTo(frame);
        }
    }

    @Property(tries = 200)
    void two_runs_over_the_same_request_give_the_same_bytes(@ForAll long seed) {
        assertThat(frames(new Random(seed))).isEqualTo(frames(new Random(seed)));
    }

    private static List<String> frames(Random random) {
        return request(random).stream()
                .map(event -> ProcessedEventFrame.encode(event, ORIGIN))
                .map(HexFormat.of()::formatHex)
                .toList();
    }

    @Property(tries = 5_000)
    void a_damaged_frame_is_said_to_be_or_is_another(
            @ForAll("events") List<ProcessedEvent> events,
            @ForAll @IntRange(min = 0, max = 100_000) int place,
            @ForAll byte value,
            @ForAll boolean isCut) {
        byte[] frame = ProcessedEventFrame.encode(events.get(0), null);
        int at = place % frame.length;
        byte[] damaged = isCut ? Arrays.copyOf(frame, at) : frame.clone();
        if (!isCut) {
            damaged[at] = value;
        }
        try {
            ProcessedEventFrame.decode(damaged);
        } catch (MalformedPayloadException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    @Test
    void every_kind_of_value_of_an_atomic_field_is_kept() {
        AtomicValues values = new AtomicValues();
        values.set("app_id", "ä");
        values.set("etl_tstamp", Instant.ofEpochMilli(-1));
        values.set("txn_id", Long.MIN_VALUE);
        values.set("se_value", new BigDecimal("1E+400"));
        values.set("geo_latitude", -0.0);
        values.set("br_cookies", false);
        values.set("dvce_ismobile", true);
        FailedEvent event = FailedEvent.unreadable(
                        TrackerPost.of(new byte[] {1}), 3, Failure.of(Failure.Step.SPLIT, "the body", "is not JSON"))
                .withAtomic(values);

        assertThat(ProcessedEventFrame.decode(ProcessedEventFrame.encode(event, null)))
                .isEqualTo(new ProcessedEventFrame.Decoded(event, null));
    }

    @Test
    void a_text_is_stored_once_for_its_parameter_and_its_field() {
        String label = "a label of forty characters, or a few more";
        ProcessedEvent event = (ProcessedEvent) PIPELINE.process(
                        TrackerPost.of(new TrackerPayload(
                                Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_la", label, "se_pr", "two\tparts"))),
                        ORIGIN)
                .get(0);
        byte[] frame = ProcessedEventFrame.encode(event, ORIGIN);

        assertThat(new String(frame, StandardCharsets.ISO_8859_1)).containsOnlyOnce(label);
        ProcessedEvent decoded = ProcessedEventFrame.decode(frame).event();
        assertThat(decoded.atomic()).containsEntry("se_label", label).containsEntry("se_property", "two    parts");
        assertThat(decoded.raw().parameters().get("se_pr")).isEqualTo("two\tparts");
    }

    @Test
    void half_a_surrogate_pair_does_not_come_into_a_reason() {
        ProcessedEvent event = (ProcessedEvent) PIPELINE.process(
                        TrackerPost.of(new TrackerPayload(Map.of("e", "pv", "res", "x".repeat(99) + "😀"))), ORIGIN)
                .get(0);

        assertThat(event).isInstanceOf(FailedEvent.class);
        assertThat(ProcessedEventFrame.decode(ProcessedEventFrame.encode(event, ORIGIN))
                        .event())
                .isEqualTo(kept(event));
    }

    @Test
    void a_value_that_a_field_cannot_have_is_rejected() {
        AtomicValues tooLong = new AtomicValues();
        tooLong.set("se_value", new BigDecimal("9".repeat(2_000)));
        AtomicValues wrong = new AtomicValues();
        wrong.set("app_id", 17L);
        FailedEvent event = FailedEvent.unreadable(
                TrackerPost.of(new byte[] {1}), 3, Failure.of(Failure.Step.SPLIT, "the body", "is not JSON"));

        assertThatThrownBy(
                        () -> ProcessedEventFrame.decode(ProcessedEventFrame.encode(event.withAtomic(tooLong), null)))
                .hasMessage("an event with a number of 2000 characters");
        assertThatThrownBy(() -> ProcessedEventFrame.decode(ProcessedEventFrame.encode(event.withAtomic(wrong), null)))
                .hasMessage("an event with a value of the field app_id that is none of its type");
        assertThatThrownBy(() -> ProcessedEventFrame.encode(event, "two words"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_frame_of_another_version_is_rejected_with_both() {
        assertThatThrownBy(() -> ProcessedEventFrame.decode(new byte[] {9, 0, 1}))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessage("an event of version 9, expected 1");
        assertThatThrownBy(() -> ProcessedEventFrame.decode(new byte[0]))
                .isInstanceOf(MalformedPayloadException.class)
                .hasMessage("an event that is cut off");
    }

    @Test
    void a_count_that_cannot_be_takes_no_memory() {
        FailedEvent event = FailedEvent.unreadable(
                TrackerPost.of(new byte[0]), 0, Failure.of(Failure.Step.SPLIT, "the body", "is empty"));
        byte[] frame = ProcessedEventFrame.encode(event, null);
        for (int i = 0; i < frame.length - 8; i++) {
            byte[] damaged = frame.clone();
            Arrays.fill(damaged, i, i + 8, (byte) 0xff);
            try {
                ProcessedEventFrame.decode(damaged);
            } catch (MalformedPayloadException e) {
                assertThat(e.getMessage()).startsWith("an event ");
            }
        }
    }
}
