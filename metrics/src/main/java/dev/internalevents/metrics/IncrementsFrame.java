package dev.internalevents.metrics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Encodes increments as bytes, for state and for the way between processes: a version, and for each counter and week
 * the text of its key, the week and what was added. A reader whose dictionary has other metrics can read them, because
 * no number stands for a counter: what it does not count is left out. The same increments give the same bytes.
 */
public final class IncrementsFrame {

    private static final byte VERSION = 1;

    private static final byte TOTAL = 1;
    private static final byte SUM = 2;
    private static final byte UNIQUE = 3;
    private static final byte TOTALS_BY = 4;

    private static final Comparator<Increments.Slot> ORDER = Comparator.comparing(
                    (Increments.Slot slot) -> slot.counter().key().toString())
            .thenComparing(Increments.Slot::week);

    private IncrementsFrame() {}

    /** Returns the increments as they are now. Does not block. */
    public static byte[] encode(Increments increments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            for (Map.Entry<Increments.Slot, Long> total : sorted(increments.totals())) {
                head(out, TOTAL, total.getKey());
                out.writeLong(total.getValue());
            }
            for (Map.Entry<Increments.Slot, BigDecimal> sum : sorted(increments.sums())) {
                head(out, SUM, sum.getKey());
                out.writeInt(sum.getValue().scale());
                bytes(out, sum.getValue().unscaledValue().toByteArray());
            }
            for (Map.Entry<Increments.Slot, Set<String>> ids : sorted(increments.uniques())) {
                head(out, UNIQUE, ids.getKey());
                out.writeInt(ids.getValue().size());
                for (String id : new TreeSet<>(ids.getValue())) {
                    text(out, id);
                }
            }
            for (Map.Entry<Increments.Slot, Map<String, Long>> totals : sorted(increments.totalsBy())) {
                head(out, TOTALS_BY, totals.getKey());
                out.writeInt(totals.getValue().size());
                for (Map.Entry<String, Long> total : new TreeMap<>(totals.getValue()).entrySet()) {
                    text(out, total.getKey());
                    out.writeLong(total.getValue());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static <T> Set<Map.Entry<Increments.Slot, T>> sorted(Map<Increments.Slot, T> map) {
        Map<Increments.Slot, T> sorted = new TreeMap<>(ORDER);
        sorted.putAll(map);
        return sorted.entrySet();
    }

    private static void head(DataOutputStream out, byte kind, Increments.Slot slot) throws IOException {
        out.writeByte(kind);
        text(out, slot.counter().key().toString());
        out.writeInt(slot.week());
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /**
     * Increments that were read.
     *
     * @param leftOut how many counters and weeks were left out, because the dictionary does not have the counter
     */
    public record Decoded(Increments increments, int leftOut) {}

    /**
     * Reads increments. Does not block.
     *
     * @param counters those of the dictionary that the reader has
     * @throws IOException if the bytes are not a frame of a version that this one can read
     */
    public static Decoded decode(byte[] frame, Counters counters) throws IOException {
        Increments increments = new Increments();
        int leftOut = 0;
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame))) {
            int version = in.read();
            if (version != VERSION) {
                throw new IOException("increments of version " + version + ", expected " + VERSION);
            }
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                Counter counter = counters.named(text(in));
                int week = in.readInt();
                add(in, kind, counter, week, increments);
                leftOut += counter == null ? 1 : 0;
            }
        }
        return new Decoded(increments, leftOut);
    }

    private static void add(DataInputStream in, int kind, @Nullable Counter counter, int week, Increments into)
            throws IOException {
        switch (kind) {
            case TOTAL -> {
                long count = in.readLong();
                if (counter != null) {
                    into.total(counter, week, count);
                }
            }
            case SUM -> {
                int scale = in.readInt();
                byte[] unscaled = bytes(in);
                if (unscaled.length == 0) {
                    throw new IOException("a sum without digits");
                }
                if (counter != null) {
                    into.sum(counter, week, new BigDecimal(new BigInteger(unscaled), scale));
                }
            }
            case UNIQUE -> {
                for (int left = count(in); left > 0; left--) {
                    String id = text(in);
                    if (counter != null) {
                        into.unique(counter, week, id);
                    }
                }
            }
            case TOTALS_BY -> {
                for (int left = count(in); left > 0; left--) {
                    String value = text(in);
                    long count = in.readLong();
                    if (counter != null) {
                        into.totalBy(counter, week, value, count);
                    }
                }
            }
            default -> throw new IOException("increments of an unknown kind " + kind);
        }
    }

    /** Reads the number of things that follow, each of at least four bytes. */
    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > in.available() / Integer.BYTES) {
            throw new IOException("increments of " + count + " values");
        }
        return count;
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("increments with a field of " + length + " bytes");
        }
        return in.readNBytes(length);
    }
}
