package dev.internalevents.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Builds the body of one request; reusable for the next. Events are written into it as
 * {@link StructuredEvent#writeOpenTo} leaves them, and get their time of sending when it is known. Not thread-safe.
 */
public final class PayloadBody {

    private static final byte[] HEAD =
            ("{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STM = ",\"stm\":\"0000000000000\"}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TAIL = "]}".getBytes(StandardCharsets.US_ASCII);
    private static final int STM_DIGITS = 13;

    /** Bytes that each event takes in addition to its own: {@code stm} and a comma. */
    public static final int BYTES_PER_EVENT = STM.length + 1;

    /** Bytes that follow the last event when the body is finished: its {@code stm}, and the end of the body. */
    public static final int BYTES_AFTER_LAST = STM.length + TAIL.length;

    /** Bytes of a finished body with one event in addition to the event's own. */
    public static final int BYTES_AROUND_ONE = HEAD.length + BYTES_AFTER_LAST;

    private final int headroom;
    private final JsonWriter out;
    private int[] starts = new int[64];
    private int count;
    private int begun;

    /** @param headroom bytes left free before the body, for use by the sender */
    public PayloadBody(int headroom) {
        this.headroom = headroom;
        this.out = new JsonWriter(headroom + 4096);
        clear();
    }

    /** Removes all events. */
    public void clear() {
        out.reset(headroom);
        out.raw(HEAD, 0, HEAD.length);
        count = 0;
    }

    /** Starts an event and returns the writer for it. Must be followed by {@link #endEvent} or {@link #cutEvent}. */
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
     * Starts an event of a known length. Must be followed by {@link #endEvent}, which then allocates nothing, or by
     * {@link #cutEvent}.
     *
     * @return the index in {@link #array()} at which the caller puts its bytes
     */
    public int beginEvent(int length) {
        JsonWriter event = beginEvent();
        int at = event.reserve(length + STM.length);
        event.cut(at + length);
        return at;
    }

    /**
     * Ends the event started by {@link #beginEvent}: appends {@code stm}, which {@link #finish} fills in, and the
     * closing brace.
     */
    public void endEvent() {
        out.raw(STM, 0, STM.length);
        count++;
    }

    /**
     * Removes the event started by {@link #beginEvent}; also valid after {@link #beginEvent} or {@link #endEvent}
     * threw.
     */
    public void cutEvent() {
        out.cut(begun);
    }

    /**
     * Ends the body.
     *
     * @param sentAtMillis {@code stm} of all events, milliseconds since 1970; must have 13 digits, as all times from
     *     2001 to 2286 do
     */
    public void finish(long sentAtMillis) {
        int end = out.length();
        for (int i = 0; i < count; i++) {
            int at = (i + 1 < count ? starts[i + 1] - 1 : end) - 2 - STM_DIGITS;
            out.digitsAt(at, STM_DIGITS, sentAtMillis);
        }
        out.raw(TAIL, 0, TAIL.length);
    }

    /** Undoes {@link #finish}, so that the body can be finished again with another time. */
    public void reopen() {
        out.cut(out.length() - TAIL.length);
    }

    /** Appends events from another body, which must not be finished. */
    public void addFrom(PayloadBody other, int from, int to) {
        for (int i = from; i < to; i++) {
            JsonWriter event = beginEvent();
            event.raw(other.out.array(), other.starts[i], other.endOf(i) - other.starts[i] - STM.length);
            endEvent();
        }
    }

    /**
     * Returns the bytes of an event as they were written between {@link #beginEvent} and {@link #endEvent}. Not valid
     * after {@link #finish}.
     */
    public byte[] openEvent(int index) {
        return Arrays.copyOfRange(out.array(), starts[index], endOf(index) - STM.length);
    }

    /** Returns one event as the collector will read it; used to report events that were not accepted. */
    public Map<?, ?> event(int index) {
        byte[] json = Arrays.copyOfRange(out.array(), starts[index], endOf(index));
        return Json.parse(json) instanceof Map<?, ?> event ? event : Map.of();
    }

    /**
     * Returns those of the members of one event that are texts, for logs; faster than {@link #event}.
     *
     * @param names the names of the members
     */
    public Map<String, String> texts(int index, Set<String> names) {
        return TextMembers.of(out.array(), starts[index], endOf(index) - starts[index], names);
    }

    /** Returns the number of events in the body. */
    public int count() {
        return count;
    }

    /** Returns the index in {@link #array()} at which the body starts. */
    public int start() {
        return headroom;
    }

    /** Returns the index in {@link #array()} at which the body ends. */
    public int end() {
        return out.length();
    }

    /** Returns the size of the body so far, in bytes. */
    public int size() {
        return out.length() - headroom;
    }

    /** Returns the array that contains the body. It is replaced when the body outgrows it. */
    public byte[] array() {
        return out.array();
    }

    private int endOf(int index) {
        return index + 1 < count ? starts[index + 1] - 1 : out.length();
    }
}
