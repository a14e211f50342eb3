package dev.internalevents.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The body of one request while it is put together, used again for the next. Events are written into it as {@link
 * StructuredEvent#writeOpenTo} leaves them, and get their time of sending when it is known. Not safe for use by several
 * threads at once.
 */
public final class PayloadBody {

    private static final byte[] HEAD =
            ("{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STM = ",\"stm\":\"0000000000000\"}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TAIL = "]}".getBytes(StandardCharsets.US_ASCII);
    private static final int STM_DIGITS = 13;

    /** Bytes that an event takes beyond its own: {@code stm} and a comma. */
    public static final int BYTES_PER_EVENT = STM.length + 1;

    private final int headroom;
    private final JsonWriter out;
    private int[] starts = new int[64];
    private int count;
    private int begun;

    /** @param headroom bytes that are left free before the body, for whoever sends it */
    public PayloadBody(int headroom) {
        this.headroom = headroom;
        this.out = new JsonWriter(headroom + 4096);
        clear();
    }

    /** Takes all events out. */
    public void clear() {
        out.reset(headroom);
        out.raw(HEAD, 0, HEAD.length);
        count = 0;
    }

    /** Where the next event is written to; followed by {@link #endEvent} or {@link #cutEvent}. */
    public JsonWriter beginEvent() {
        begun = out.length();
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
        }
        if (count > 0) {
            out.raw((byte) ',');
        }
        starts[count] = out.length();
        return out;
    }

    /**
     * Begins an event of a known length.
     *
     * @return where in {@link #array()} its bytes go; followed by {@link #endEvent}, which needs no more memory then, or
     *     {@link #cutEvent}
     */
    public int beginEvent(int length) {
        JsonWriter event = beginEvent();
        int at = event.reserve(length + STM.length);
        event.cut(at + length);
        return at;
    }

    /** The event that was begun is written, but for {@code stm} and the closing bracket. */
    public void endEvent() {
        out.raw(STM, 0, STM.length);
        count++;
    }

    /** Takes back the event that was begun, also when {@link #beginEvent} or {@link #endEvent} threw. */
    public void cutEvent() {
        out.cut(begun);
    }

    /**
     * Ends the body.
     *
     * @param sentAtMillis {@code stm} of all events, milliseconds since 1970; of 13 digits, as all from 2001 to 2286
     */
    public void finish(long sentAtMillis) {
        int end = out.length();
        for (int i = 0; i < count; i++) {
            int at = (i + 1 < count ? starts[i + 1] - 1 : end) - 2 - STM_DIGITS;
            out.digitsAt(at, STM_DIGITS, sentAtMillis);
        }
        out.raw(TAIL, 0, TAIL.length);
    }

    /** Takes back {@link #finish}, so that the body can be finished again with another time. */
    public void reopen() {
        out.cut(out.length() - TAIL.length);
    }

    /** Copies events of another body, which is not finished, behind those of this one. */
    public void addFrom(PayloadBody other, int from, int to) {
        for (int i = from; i < to; i++) {
            JsonWriter event = beginEvent();
            event.raw(other.out.array(), other.starts[i], other.endOf(i) - other.starts[i] - STM.length);
            endEvent();
        }
    }

    /** The bytes of an event as they were written between {@link #beginEvent} and {@link #endEvent}; not after {@link #finish}. */
    public byte[] openEvent(int index) {
        return Arrays.copyOfRange(out.array(), starts[index], endOf(index) - STM.length);
    }

    /** One event as the collector will read it; for accounts of what was not taken. */
    public Map<?, ?> event(int index) {
        byte[] json = Arrays.copyOfRange(out.array(), starts[index], endOf(index));
        return Json.parse(json) instanceof Map<?, ?> event ? event : Map.of();
    }

    /** Events in the body. */
    public int count() {
        return count;
    }

    /** Where the body begins in {@link #array()}. */
    public int start() {
        return headroom;
    }

    /** Where the body ends in {@link #array()}. */
    public int end() {
        return out.length();
    }

    /** Bytes of the body so far. */
    public int size() {
        return out.length() - headroom;
    }

    /** What holds the body; another array once the body has grown. */
    public byte[] array() {
        return out.array();
    }

    private int endOf(int index) {
        return index + 1 < count ? starts[index + 1] - 1 : out.length();
    }
}
