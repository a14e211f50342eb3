package dev.internalevents.client;

import dev.internalevents.client.internal.emitter.OutgoingEvent;
import dev.internalevents.client.internal.emitter.WallClock;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.StructuredEvent;
import dev.internalevents.protocol.Tracker;
import dev.internalevents.protocol.ValueCopy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event as of the call: references to immutable objects, encoded when it is written to disk or sent. */
final class TrackedEvent implements OutgoingEvent {

    private static final int FIXED_WEIGHT = 256;

    /** Bytes of a UUID with its quotes. */
    private static final int ID_BYTES = 38;

    private static final byte[] CATEGORY = ascii("{\"e\":\"se\",\"se_ca\":");
    private static final byte[] ACTION = ascii(",\"se_ac\":");
    private static final byte[] LABEL = ascii(",\"se_la\":");
    private static final byte[] PROPERTY = ascii(",\"se_pr\":");
    private static final byte[] VALUE = ascii(",\"se_va\":");
    private static final byte[] CREATED = ascii(",\"dtm\":");
    private static final byte[] CONTEXTS = ascii(",\"cx\":");

    private final byte[] tracker;
    private final long idHigh;
    private final long idLow;
    private final long trackedAtNanos;

    /** Converts {@link #trackedAtNanos} to wall-clock time. */
    private final WallClock clock;

    private final String name;
    private final String category;
    private final AdditionalProperties properties;
    private final EventContext context;
    private final List<SelfDescribingJson> furtherContexts;
    private final boolean withUser;
    private final int weight;

    /**
     * Creates an event. It takes eleven values, because it is made at each call: an object that groups them would be
     * allocated too, and a constructor that draws the id and reads the clock itself is slower.
     *
     * @param tracker see {@link #members(Tracker)}
     * @param clock converts {@code trackedAtNanos} to wall-clock time
     */
    TrackedEvent(
            byte[] tracker,
            long idHigh,
            long idLow,
            long trackedAtNanos,
            WallClock clock,
            String name,
            String category,
            AdditionalProperties properties,
            EventContext context,
            List<SelfDescribingJson> furtherContexts,
            boolean withUser) {
        this.tracker = tracker;
        this.idHigh = idHigh;
        this.idLow = idLow;
        this.trackedAtNanos = trackedAtNanos;
        this.clock = clock;
        this.name = name;
        this.category = category;
        this.properties = properties;
        this.context = context;
        this.furtherContexts = furtherContexts;
        this.withUser = withUser;
        // Stored, because the context's weight becomes more exact while the event is queued.
        long sum = (long) FIXED_WEIGHT + name.length() + category.length() + properties.weight() + context.weight();
        for (int i = 0; i < furtherContexts.size(); i++) {
            sum += 256 + ValueCopy.bytes(furtherContexts.get(i).data());
        }
        this.weight = (int) Math.min(Integer.MAX_VALUE, sum);
    }

    /**
     * Returns the members that describe the tracker, the same in every event of a client, and the name of the member
     * that follows them.
     */
    static byte[] members(Tracker tracker) {
        JsonWriter out = new JsonWriter();
        out.beginObject().name("v").string("");
        int members = out.length();
        tracker.writeMembersTo(out);
        out.name("eid");
        return Arrays.copyOfRange(out.array(), members, out.length());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long trackedAtNanos() {
        return trackedAtNanos;
    }

    @Override
    public int weight() {
        return weight;
    }

    @Override
    public boolean isLargerThan(int bytes) {
        if (properties.isTooLarge()) {
            return true;
        }
        Number value = properties.value();
        long sum = CATEGORY.length
                + JsonWriter.size(category, bytes)
                + ACTION.length
                + JsonWriter.size(name, bytes)
                + size(LABEL, properties.label(), bytes)
                + size(PROPERTY, properties.property(), bytes)
                + size(VALUE, value == null ? null : StructuredEvent.decimal(value), bytes)
                + tracker.length
                + ID_BYTES
                + CREATED.length
                + JsonWriter.size(Long.toString(clock.millis(trackedAtNanos)), bytes)
                + CONTEXTS.length;
        return sum > bytes || sum + context.encoded(withUser).size(properties, furtherContexts, bytes - sum) > bytes;
    }

    private static long size(byte[] member, @Nullable String text, int enough) {
        return text == null ? 0 : member.length + JsonWriter.size(text, enough);
    }

    /** Writes the same members as {@link StructuredEvent#writeOpenTo}, most of them already encoded. */
    @Override
    public void writeOpenTo(JsonWriter out, JsonWriter scratch) {
        out.fragment(CATEGORY).string(category);
        out.fragment(ACTION).string(name);
        String label = properties.label();
        if (label != null) {
            out.fragment(LABEL).string(label);
        }
        String property = properties.property();
        if (property != null) {
            out.fragment(PROPERTY).string(property);
        }
        Number value = properties.value();
        if (value != null) {
            out.fragment(VALUE).string(StructuredEvent.decimal(value));
        }
        out.fragment(tracker).uuid(idHigh, idLow);
        out.fragment(CREATED).digits(clock.millis(trackedAtNanos));
        out.fragment(CONTEXTS);
        context.encoded(withUser).writeTo(out, properties, furtherContexts, scratch);
    }
}
