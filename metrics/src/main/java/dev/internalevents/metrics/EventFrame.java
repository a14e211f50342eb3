package dev.internalevents.metrics;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes an event for the counting queue: a version, the time, and each property of {@link CountedEvent} as a tag, a
 * length and the text. Other additional properties are included only if a filter uses them.
 */
final class EventFrame {

    private static final byte VERSION = 1;
    private static final byte NAME = 1;
    private static final byte USER = 2;
    private static final byte PROJECT = 3;
    private static final byte NAMESPACE = 4;
    private static final byte LABEL = 5;
    private static final byte PROPERTY = 6;
    private static final byte VALUE = 7;
    private static final byte TEXT_OF = 8;
    private static final byte NUMBER_OF = 9;

    private byte[] bytes = new byte[160];
    private int length;

    /** Encodes an event with these additional properties, if it has them. */
    EventFrame(CountedEvent event, String[] properties) {
        bytes[length++] = VERSION;
        long time = event.epochMillis();
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (time >>> shift);
        }
        put(NAME, event.name());
        put(USER, event.user());
        put(PROJECT, event.project());
        put(NAMESPACE, event.namespace());
        put(LABEL, event.label());
        put(PROPERTY, event.property());
        put(VALUE, Amounts.text(event.value()));
        for (String property : properties) {
            Object value = event.additional(property);
            if (value instanceof String text) {
                put(TEXT_OF, property);
                put(TEXT_OF, text);
            } else if (value instanceof Number number) {
                put(NUMBER_OF, property);
                put(NUMBER_OF, Amounts.text(number));
            }
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private void put(byte tag, @Nullable String text) {
        if (text == null) {
            return;
        }
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (length + encoded.length + 5 > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * (length + encoded.length + 5));
        }
        bytes[length++] = tag;
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (encoded.length >>> shift);
        }
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
    }

    /**
     * Decodes a frame.
     *
     * @throws IOException if it is not a valid frame
     */
    static CountedEvent decode(byte[] frame) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame))) {
            if (in.read() != VERSION) {
                throw new IOException("unsupported frame version");
            }
            return decode(in);
        } catch (NumberFormatException e) {
            throw new IOException("invalid number", e);
        }
    }

    private static CountedEvent decode(DataInputStream in) throws IOException {
        long time = in.readLong();
        @Nullable String[] fields = new @Nullable String[VALUE + 1];
        Map<String, Object> additional = new HashMap<>();
        for (int tag = in.read(); tag >= 0; tag = in.read()) {
            String text = text(in);
            if (tag == TEXT_OF || tag == NUMBER_OF) {
                if (in.read() != tag) {
                    throw new IOException("a property without a value");
                }
                String value = text(in);
                additional.put(text, tag == TEXT_OF ? value : new BigDecimal(value));
            } else if (tag >= NAME && tag <= VALUE) {
                fields[tag] = text;
            } else {
                throw new IOException("an unknown field " + tag);
            }
        }
        String name = fields[NAME];
        if (name == null) {
            throw new IOException("an event without a name");
        }
        String value = fields[VALUE];
        return new Decoded(name, time, fields, value == null ? null : new BigDecimal(value), additional);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static final class Decoded implements CountedEvent {

        private final String name;
        private final long epochMillis;
        private final @Nullable String[] fields;
        private final @Nullable Number value;
        private final Map<String, Object> additional;

        /** @param fields the texts by tag */
        private Decoded(
                String name,
                long epochMillis,
                @Nullable String[] fields,
                @Nullable Number value,
                Map<String, Object> additional) {
            this.name = name;
            this.epochMillis = epochMillis;
            this.fields = fields;
            this.value = value;
            this.additional = additional;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long epochMillis() {
            return epochMillis;
        }

        @Override
        public @Nullable String user() {
            return fields[USER];
        }

        @Override
        public @Nullable String project() {
            return fields[PROJECT];
        }

        @Override
        public @Nullable String namespace() {
            return fields[NAMESPACE];
        }

        @Override
        public @Nullable String label() {
            return fields[LABEL];
        }

        @Override
        public @Nullable String property() {
            return fields[PROPERTY];
        }

        @Override
        public @Nullable Number value() {
            return value;
        }

        @Override
        public @Nullable Object additional(String key) {
            return additional.get(key);
        }
    }
}
