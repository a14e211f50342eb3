package dev.internalevents.protocol;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A structured event ({@code e=se}): category, action, and optionally label, property and value, with its contexts.
 *
 * @param id {@code eid}; identifies repeated deliveries of the event
 * @param createdAt {@code dtm}, sent in milliseconds
 * @param fields the five fields of its own
 * @param contexts sent as {@code cx}
 */
public record StructuredEvent(UUID id, Instant createdAt, Fields fields, Contexts contexts) {

    /**
     * Bytes of {@code ,"cx":""}, the member that contains the contexts. A constant expression, so that
     * {@link #decimal}, which is called for each event with a value, initializes no class.
     */
    private static final int CONTEXTS_BYTES = 8;

    public StructuredEvent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(fields, "fields");
        Objects.requireNonNull(contexts, "contexts");
    }

    /**
     * The fields that only a structured event has.
     *
     * @param category {@code se_ca}
     * @param action {@code se_ac}, the event's name
     * @param label {@code se_la}
     * @param property {@code se_pr}
     * @param value {@code se_va}; finite
     */
    public record Fields(
            String category,
            String action,
            @Nullable String label,
            @Nullable String property,
            @Nullable Number value) {

        /** @throws IllegalArgumentException if the value is NaN or infinite */
        public Fields {
            Objects.requireNonNull(category, "category");
            Objects.requireNonNull(action, "action");
            if (value != null && !Double.isFinite(value.doubleValue()) && !(value instanceof BigDecimal)) {
                throw new IllegalArgumentException("value must be a finite number, got " + value);
            }
        }

        private Fields withoutTexts() {
            return new Fields("", "", label == null ? null : "", property == null ? null : "", value);
        }

        /** Returns the number of bytes that the texts take between their quotes. */
        private long textBytes(long enough) {
            return JsonText.bytes(category, enough)
                    + JsonText.bytes(action, enough)
                    + (label == null ? 0 : JsonText.bytes(label, enough))
                    + (property == null ? 0 : JsonText.bytes(property, enough));
        }

        private void writeTo(JsonWriter out) {
            out.name("se_ca").string(category);
            out.name("se_ac").string(action);
            if (label != null) {
                out.name("se_la").string(label);
            }
            if (property != null) {
                out.name("se_pr").string(property);
            }
            if (value != null) {
                out.name("se_va").string(decimal(value));
            }
        }
    }

    /**
     * Writes the event as one flat object of {@code payload_data}, without {@code stm}, and leaves the object open: the
     * time of sending is not known yet. See {@link PayloadBody}.
     */
    public void writeOpenTo(JsonWriter out, Tracker tracker) {
        out.beginObject();
        out.name("e").string("se");
        fields.writeTo(out);
        tracker.writeMembersTo(out);
        out.name("eid").string(id.toString());
        out.name("dtm").string(Long.toString(createdAt.toEpochMilli()));
        if (!contexts.isEmpty()) {
            JsonWriter envelope = new JsonWriter(1024);
            contexts.writeTo(envelope);
            out.name("cx").base64(envelope);
        }
    }

    /**
     * Returns the number of bytes that {@link #writeOpenTo} writes.
     *
     * @param enough counting may stop once the result exceeds this number; a higher result is not exact
     */
    public long openSize(Tracker tracker, long enough) {
        JsonWriter open = new JsonWriter();
        new StructuredEvent(id, createdAt, fields.withoutTexts(), Contexts.NONE).writeOpenTo(open, tracker);
        long sum = open.length() + fields.textBytes(enough);
        if (sum <= enough && !contexts.isEmpty()) {
            sum += CONTEXTS_BYTES + JsonWriter.base64Size(contexts.size(enough - sum));
        }
        return sum;
    }

    /**
     * Returns the text of {@code se_va}. 1.0 is sent as {@code 1}, as other trackers do; very large and very small
     * numbers keep their exponent.
     */
    public static String decimal(Number value) {
        if (value instanceof Double || value instanceof Float) {
            double number = value.doubleValue();
            if (number == Math.rint(number) && Math.abs(number) < 1e15) {
                return Long.toString((long) number);
            }
            return Math.abs(number) >= 1e-6 && Math.abs(number) < 1e21
                    ? new BigDecimal(value.toString()).toPlainString()
                    : value.toString();
        }
        return value.toString();
    }
}
