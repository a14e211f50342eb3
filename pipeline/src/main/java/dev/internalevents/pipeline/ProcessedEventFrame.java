package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a processed event as bytes for topics and state: a version, the origin of its request, whether it is good,
 * and its parts. The request is there without its body and query, because the event has its own parameters; only a
 * request that could not be split is there as a whole. The parameters of a good event are there without those that hold
 * its contexts and its self-describing event, which are there as data.
 */
public final class ProcessedEventFrame {

    private static final byte VERSION = 1;

    private static final int FAILED = 0;
    private static final int GOOD = 1;

    private static final int NO_KEY = 0;
    private static final int DERIVED_KEY = 1;
    private static final int WHOLE_KEY = 2;

    /** Values of atomic fields: the field's ordinal times eight, plus one of these. */
    private static final int TEXT = 0;

    private static final int LONG = 1;
    private static final int DECIMAL = 2;
    private static final int DOUBLE = 3;
    private static final int FALSE = 4;
    private static final int TRUE = 5;
    private static final int TIME = 6;

    /** The text of a parameter, of which the position follows: most text fields are one as it was sent. */
    private static final int PARAMETER = 7;

    private static final int KINDS = 8;

    /** Parameters of good events that are there as data. */
    private static final Set<String> AS_DATA = Set.of("cx", "co", "ue_px", "ue_pr");

    /** A decimal field is at most 400 characters of text, with 400 digits behind the point; written out, a few more. */
    private static final int MAX_DECIMAL_CHARS = 1_000;

    private static final int USUAL_BYTES = 2_048;

    /** A larger buffer is not reused for the next event. */
    private static final int MAX_KEPT_BYTES = 64 << 10;

    private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

    private ProcessedEventFrame() {}

    // Encoding

    /** What a thread reuses from event to event. */
    private static final class Buffers {
        private final FrameOutput out = new FrameOutput(USUAL_BYTES);
        private final JsonWriter json = new JsonWriter(USUAL_BYTES);

        private boolean isLarge() {
            return out.capacity() > MAX_KEPT_BYTES || json.array().length > MAX_KEPT_BYTES;
        }
    }

    /**
     * Encodes an event. Does not block, and may be called by any thread.
     *
     * @param origin identifies the request, see {@link PayloadFrame#withOrigin}; null if it is not known
     * @throws IllegalArgumentException if the origin is not valid
     */
    public static byte[] encode(ProcessedEvent event, @Nullable String origin) {
        Buffers buffers = BUFFERS.get();
        write(event, origin, buffers.out.reset(), buffers.json);
        byte[] frame = buffers.out.toByteArray();
        if (buffers.isLarge()) {
            BUFFERS.remove();
        }
        return frame;
    }

    private static void write(ProcessedEvent event, @Nullable String origin, FrameOutput out, JsonWriter json) {
        out.put(VERSION).bytes(origin == null ? null : PayloadFrame.originBytes(origin));
        out.put(event instanceof GoodEvent ? GOOD : FAILED);
        out.number(event.index());
        RawEvent raw = event.raw();
        payload(out, event.payload(), raw == null);
        int[] positions = new int[AtomicFields.NAMES.size()];
        if (raw == null) {
            out.number(0);
        } else {
            Set<String> without = event instanceof GoodEvent ? AS_DATA : Set.of();
            parameters(out, raw.parameters(), without, event.atomic(), positions);
        }
        key(out, event.key());
        atomic(out, event.atomic(), positions);
        if (event instanceof GoodEvent good) {
            out.text(good.schema().toString());
            contexts(out, good.contexts(), json);
            contexts(out, good.derivedContexts(), json);
            UnstructEvent unstruct = good.unstruct();
            out.put(unstruct == null ? 0 : 1);
            if (unstruct != null) {
                entity(out, unstruct.event(), json);
            }
        } else if (event instanceof FailedEvent failed) {
            failures(out, failed.failures());
        }
    }

    private static void payload(FrameOutput out, CollectorPayload payload, boolean isWhole) {
        PayloadFrame.writeHead(out, payload, isWhole ? payload.querystring() : null);
        RequestBody body = payload.body();
        out.bytes(isWhole && body != null ? body.bytes() : null);
    }

    /**
     * @param positions is filled, by the ordinal of each field that has the text of a parameter: its position, from 1
     */
    private static void parameters(
            FrameOutput out, TrackerPayload event, Set<String> without, AtomicValues atomic, int[] positions) {
        Map<String, String> parameters = event.parameters();
        int left = parameters.size();
        for (String name : without) {
            left -= parameters.containsKey(name) ? 1 : 0;
        }
        out.number(left + 1L);
        int position = 0;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String name = parameter.getKey();
            if (without.contains(name)) {
                continue;
            }
            position++;
            out.text(name).text(parameter.getValue());
            Integer ordinal = AtomicFields.BY_TEXT_PARAMETER.get(name);
            if (ordinal != null && parameter.getValue().equals(atomic.get(ordinal.intValue()))) {
                positions[ordinal] = position;
            }
        }
    }

    private static void key(FrameOutput out, @Nullable EventKey key) {
        if (key == null) {
            out.put(NO_KEY);
            return;
        }
        out.put(key.isDerived() ? DERIVED_KEY : WHOLE_KEY);
        out.fixed(key.id().getMostSignificantBits()).fixed(key.id().getLeastSignificantBits());
        if (!key.isDerived()) {
            out.fixed(key.high()).fixed(key.low());
        }
    }

    private static void atomic(FrameOutput out, AtomicValues values, int[] positions) {
        int fields = AtomicFields.NAMES.size();
        int count = 0;
        for (int i = 0; i < fields; i++) {
            count += values.get(i) == null ? 0 : 1;
        }
        out.number(count);
        for (int i = 0; i < fields; i++) {
            Object value = values.get(i);
            if (positions[i] > 0) {
                out.number(i * KINDS + PARAMETER).number(positions[i] - 1);
            } else if (value != null) {
                value(out, i * KINDS, value);
            }
        }
    }

    private static void value(FrameOutput out, int field, Object value) {
        if (value instanceof String text) {
            out.number(field + TEXT).text(text);
        } else if (value instanceof Long number) {
            out.number(field + LONG).signed(number);
        } else if (value instanceof Instant time) {
            out.number(field + TIME).signed(time.toEpochMilli());
        } else if (value instanceof Boolean flag) {
            out.number(field + (flag ? TRUE : FALSE));
        } else if (value instanceof BigDecimal decimal) {
            out.number(field + DECIMAL).text(decimal.toString());
        } else if (value instanceof Double number) {
            out.number(field + DOUBLE).fixed(Double.doubleToRawLongBits(number));
        } else {
            throw new IllegalArgumentException("an atomic field has a value of " + value.getClass());
        }
    }

    private static void contexts(FrameOutput out, Contexts contexts, JsonWriter json) {
        out.number(contexts.list().size());
        for (SelfDescribingJson context : contexts.list()) {
            entity(out, context, json);
        }
    }

    private static void entity(FrameOutput out, SelfDescribingJson entity, JsonWriter json) {
        json.reset().value(entity.data());
        out.text(entity.schema().toString()).bytes(json.array(), json.length());
    }

    private static void failures(FrameOutput out, List<Failure> failures) {
        out.number(failures.size());
        for (Failure failure : failures) {
            SchemaKey schema = failure.schema();
            out.text(failure.step().name()).text(failure.where());
            out.text(schema == null ? null : schema.toString());
            out.text(failure.pointer()).text(failure.message());
        }
    }

    // Decoding

    /**
     * An event with the origin of its request.
     *
     * @param origin null if it was not known
     */
    public record Decoded(ProcessedEvent event, @Nullable String origin) {}

    /**
     * Decodes an event. Does not block, and may be called by any thread. The event keeps the array, which must not be
     * changed any more.
     *
     * @throws MalformedPayloadException if the bytes are not a frame of a version that this one can read
     */
    public static Decoded decode(byte[] frame) {
        FrameInput in = new FrameInput("an event", frame);
        byte version = in.next();
        if (version != VERSION) {
            throw in.malformed("of version " + version + ", expected " + VERSION);
        }
        String origin = PayloadFrame.originOrNull(in);
        byte kind = in.next();
        if (kind != GOOD && kind != FAILED) {
            throw in.malformed("that is neither good nor failed");
        }
        int index = index(in);
        CollectorPayload payload = PayloadFrame.withBody(PayloadFrame.readHead(in), in.bytes());
        FrameParameters parameters = FrameParameters.read(in);
        EventKey key = key(in);
        AtomicValues atomic = atomic(in, parameters);
        RawEvent raw = parameters == null ? null : new RawEvent(payload, parameters.payload(), index);
        ProcessedEvent event;
        if (kind == FAILED) {
            event = new FailedEvent(payload, index, raw, atomic, failures(in), key);
        } else if (raw == null) {
            throw in.malformed("that is good and has no parameters");
        } else {
            SchemaKey schema = schema(in);
            Contexts contexts = contexts(in);
            Contexts derived = contexts(in);
            UnstructEvent unstruct = in.next() == 0 ? null : new UnstructEvent(entity(in));
            event = new GoodEvent(raw, schema, atomic, contexts, unstruct, derived, key);
        }
        in.end();
        return new Decoded(event, origin);
    }

    private static int index(FrameInput in) {
        long index = in.number();
        if (index < 0 || index > Integer.MAX_VALUE) {
            throw in.malformed("with the index " + index);
        }
        return (int) index;
    }

    private static @Nullable EventKey key(FrameInput in) {
        return switch (in.next()) {
            case NO_KEY -> null;
            case DERIVED_KEY -> EventKey.derived(new UUID(in.fixed(), in.fixed()));
            case WHOLE_KEY -> new EventKey(new UUID(in.fixed(), in.fixed()), in.fixed(), in.fixed());
            default -> throw in.malformed("with a key of an unknown kind");
        };
    }

    private static AtomicValues atomic(FrameInput in, @Nullable FrameParameters parameters) {
        AtomicValues values = new AtomicValues();
        int count = in.count("atomic fields");
        long last = -1;
        for (int i = 0; i < count; i++) {
            long field = in.number();
            long ordinal = field / KINDS;
            if (ordinal <= last || ordinal >= AtomicFields.NAMES.size()) {
                throw in.malformed("with the atomic field " + ordinal + " after " + last + ", of "
                        + AtomicFields.NAMES.size() + " in their order");
            }
            last = ordinal;
            Object value = value(in, (int) (field % KINDS), parameters);
            if (!AtomicFields.typeOf((int) ordinal).isInstance(value)) {
                throw in.malformed("with a value of the field " + AtomicFields.NAMES.get((int) ordinal)
                        + " that is none of its type");
            }
            values.set((int) ordinal, value);
        }
        return values;
    }

    private static Object value(FrameInput in, int kind, @Nullable FrameParameters parameters) {
        return switch (kind) {
            case TEXT -> in.required();
            case LONG -> in.signed();
            case TIME -> Instant.ofEpochMilli(in.signed());
            case TRUE -> true;
            case FALSE -> false;
            case DECIMAL -> decimal(in);
            case DOUBLE -> Double.longBitsToDouble(in.fixed());
            case PARAMETER -> parameter(in, parameters);
            default -> throw in.malformed("with a value of an unknown kind");
        };
    }

    private static String parameter(FrameInput in, @Nullable FrameParameters parameters) {
        if (parameters == null) {
            throw in.malformed("with the text of a parameter, and without parameters");
        }
        return parameters.value(in.number());
    }

    private static BigDecimal decimal(FrameInput in) {
        String text = in.required();
        // Reading takes a time with the square of the length. What no field can have is not read.
        if (text.length() > MAX_DECIMAL_CHARS) {
            throw in.malformed("with a number of " + text.length() + " characters");
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw in.malformed("with a number that is none");
        }
    }

    private static Contexts contexts(FrameInput in) {
        int count = in.count("contexts");
        List<SelfDescribingJson> contexts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            contexts.add(entity(in));
        }
        return count == 0 ? Contexts.NONE : new Contexts(contexts);
    }

    private static SelfDescribingJson entity(FrameInput in) {
        SchemaKey schema = schema(in);
        byte[] data = in.bytes();
        if (data == null) {
            throw in.malformed("with a context without data");
        }
        return new SelfDescribingJson(schema, Json.parse(data));
    }

    private static SchemaKey schema(FrameInput in) {
        return schema(in, in.required());
    }

    private static SchemaKey schema(FrameInput in, String uri) {
        try {
            return SchemaKey.parse(uri);
        } catch (IllegalArgumentException e) {
            throw in.malformed("with a schema whose name is not valid");
        }
    }

    private static List<Failure> failures(FrameInput in) {
        int count = in.count("failures");
        if (count == 0) {
            throw in.malformed("that failed without a reason");
        }
        List<Failure> failures = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Failure.Step step = step(in);
            String where = in.required();
            String schema = in.text();
            failures.add(
                    new Failure(step, where, schema == null ? null : schema(in, schema), in.required(), in.required()));
        }
        return failures;
    }

    private static Failure.Step step(FrameInput in) {
        try {
            return Failure.Step.valueOf(in.required());
        } catch (IllegalArgumentException e) {
            throw in.malformed("that failed in an unknown step");
        }
    }
}
