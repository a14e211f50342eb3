package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class EnrichedTsvTest {

    private static final SchemaKey SCHEMA = SchemaKey.of("com.acme", "thing", "1-0-0");

    /** The format as JDK formatters and trees of maps produce it, one column after another. */
    private static final class Reference {

        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

        static String line(GoodEvent event) {
            StringBuilder line = new StringBuilder();
            for (String column : EnrichedTsv.COLUMNS) {
                line.append(column.equals("app_id") ? "" : "\t")
                        .append(ControlCharacters.removed(
                                switch (column) {
                                    case "contexts" -> contexts(event.contexts());
                                    case "derived_contexts" -> contexts(event.derivedContexts());
                                    case "unstruct_event" -> unstruct(event.unstruct());
                                    default -> text(event.atomic().get(column));
                                }));
            }
            return line.toString();
        }

        private static String contexts(Contexts contexts) {
            return contexts.isEmpty() ? "" : Json.write(contexts.toMap());
        }

        private static String unstruct(@Nullable UnstructEvent event) {
            return event == null
                    ? ""
                    : Json.write(new SelfDescribingJson(
                                    UnstructEvent.SCHEMA,
                                    Json.immutable(event.event().toMap()))
                            .toMap());
        }

        private static String text(@Nullable Object value) {
            if (value == null) {
                return "";
            } else if (value instanceof Boolean flag) {
                return flag ? "1" : "0";
            }
            return value instanceof Instant time ? TIME.format(time) : value.toString();
        }
    }

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
    void every_column_is_written_as_the_format_defines(@ForAll("events") GoodEvent event) {
        JsonWriter out = new JsonWriter(1);
        out.beginArray().number(7).raw(new byte[] {'\n'}, 0, 1);
        int start = out.length();

        EnrichedTsv.write(event, out);

        byte[] expected = Reference.line(event).getBytes(StandardCharsets.UTF_8);
        assertThat(new String(out.array(), start, out.length() - start, StandardCharsets.UTF_8))
                .isEqualTo(new String(expected, StandardCharsets.UTF_8));
        assertThat(EnrichedTsv.write(event).getBytes(StandardCharsets.UTF_8)).isEqualTo(expected);
    }

    @Property(tries = 5_000)
    void every_time_is_written_as_the_jdk_writes_it(@ForAll("times") Instant time) {
        JsonWriter out = new JsonWriter(1);

        TsvTime.write(time, out);

        assertThat(out.toString()).isEqualTo(Reference.TIME.format(time));
    }

    @Example
    void times_at_the_limits_of_the_years() {
        for (String time : List.of(
                "-0001-12-31T23:59:59.999Z",
                "0000-01-01T00:00:00Z",
                "0001-01-01T00:00:00.001Z",
                "1900-02-28T23:59:59.999Z",
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00Z",
                "2000-02-29T12:34:56.789Z",
                "2024-12-31T23:59:59.999999999Z",
                "9999-12-31T23:59:59.999Z",
                "+10000-01-01T00:00:00Z")) {
            every_time_is_written_as_the_jdk_writes_it(Instant.parse(time));
        }
    }

    @Provide
    Arbitrary<Instant> times() {
        return Arbitraries.oneOf(
                Arbitraries.longs()
                        .between(-62_135_596_800_000L, 253_402_300_799_999L)
                        .map(Instant::ofEpochMilli),
                Arbitraries.longs().between(-1_000_000_000L, 1_000_000_000L).map(Instant::ofEpochMilli),
                Arbitraries.longs()
                        .between(-400_000_000_000L, 400_000_000_000L)
                        .map(second -> Instant.ofEpochSecond(second, Math.floorMod(second * 7919, 1_000_000_000))));
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMaxLength(20),
                // Control characters, halves of surrogate pairs, pairs, and characters of two and three bytes.
                Arbitraries.strings()
                        .withChars('\t', '\n', '\r', '\0', '\u001f', '\u007f', '\u0080', '"', '\\', 'a', 'é')
                        .withChars('\ud83d', '\ude00', '\u2028', '\uffff')
                        .ofMaxLength(8),
                Arbitraries.strings().ofMaxLength(5));
    }

    private static Arbitrary<Object> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.longs().map(number -> (Object) number),
                Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE).map(number -> (Object) number),
                Arbitraries.doubles().map(number -> (Object) number),
                Arbitraries.of(0.0, -0.0, 1e-7, 1e7, 1e300, Double.MIN_VALUE, Double.MAX_VALUE)
                        .map(number -> (Object) number),
                Arbitraries.bigDecimals().map(number -> (Object) number),
                Arbitraries.of("1E-10", "0.1", "100", "-1.50", "1e400").map(number -> (Object) new BigDecimal(number)));
    }

    private Arbitrary<Object> values() {
        return Arbitraries.oneOf(
                texts().map(text -> (Object) text),
                numbers(),
                times().map(time -> (Object) time),
                Arbitraries.of(true, false).map(flag -> (Object) flag));
    }

    private static Arbitrary<Object> leaves() {
        return Arbitraries.oneOf(
                texts().map(text -> (Object) text),
                numbers(),
                Arbitraries.bigIntegers()
                        .between(BigInteger.TEN.pow(30).negate(), BigInteger.TEN.pow(30))
                        .map(number -> (Object) number),
                Arbitraries.of(true, false).map(flag -> (Object) flag));
    }

    private static Arbitrary<Object> trees() {
        return Arbitraries.oneOf(
                Arbitraries.maps(texts(), leaves()).ofMaxSize(4).map(map ->
                        (Object) new LinkedHashMap<String, Object>(map)),
                leaves().list().ofMaxSize(3).map(list -> (Object) list),
                Arbitraries.maps(texts(), leaves().list().ofMaxSize(2))
                        .ofMaxSize(2)
                        .map(map -> (Object) Map.of("nested", map)),
                leaves());
    }

    private static Arbitrary<Contexts> contexts() {
        return trees().map(data -> new SelfDescribingJson(SCHEMA, data))
                .list()
                .ofMaxSize(3)
                .map(Contexts::new);
    }

    @Provide
    Arbitrary<GoodEvent> events() {
        Arbitrary<Map<String, Object>> fields =
                Arbitraries.maps(Arbitraries.of(AtomicFields.NAMES), values()).ofMaxSize(40);
        Arbitrary<UnstructEvent> unstruct = trees().map(data -> new UnstructEvent(new SelfDescribingJson(SCHEMA, data)))
                .injectNull(0.3);
        return Combinators.combine(fields, contexts(), unstruct, contexts())
                .as((atomic, contexts, event, derived) -> new GoodEvent(
                        new RawEvent(TrackerPost.of(new byte[0]), new TrackerPayload(Map.of()), 0),
                        SCHEMA,
                        AtomicValues.of(atomic),
                        contexts,
                        event,
                        derived,
                        null));
    }
}
