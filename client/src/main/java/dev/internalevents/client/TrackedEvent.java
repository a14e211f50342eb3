package dev.internalevents.client;

import dev.internalevents.client.emitter.OutgoingEvent;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.StructuredEvent;
import java.util.List;

/** An event as of the call: references to what is immutable, encoded where it is put on disk or sent. */
final class TrackedEvent implements OutgoingEvent {

    private static final int FIXED_WEIGHT = 256;

    private final byte[] tracker;
    private final long idHigh;
    private final long idLow;
    private final long trackedAtNanos;
    private final String name;
    private final String category;
    private final AdditionalProperties properties;
    private final EventContext context;
    private final List<SelfDescribingJson> furtherContexts;
    private final boolean withUser;
    private final int weight;

    TrackedEvent(
            byte[] tracker,
            long idHigh,
            long idLow,
            long trackedAtNanos,
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
        this.name = name;
        this.category = category;
        this.properties = properties;
        this.context = context;
        this.furtherContexts = furtherContexts;
        this.withUser = withUser;
        // Kept, because the context's part becomes known more exactly while the event waits.
        this.weight = FIXED_WEIGHT
                + name.length()
                + category.length()
                + properties.weight()
                + context.weight()
                + 1024 * furtherContexts.size();
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

    /** The same members as {@link StructuredEvent#writeOpenTo}, most of them encoded before. */
    @Override
    public void writeOpenTo(JsonWriter out, JsonWriter scratch, long offsetNanos) {
        out.beginObject();
        out.name("e").string("se");
        out.name("se_ca").string(category);
        out.name("se_ac").string(name);
        String label = properties.label();
        if (label != null) {
            out.name("se_la").string(label);
        }
        String property = properties.property();
        if (property != null) {
            out.name("se_pr").string(property);
        }
        Number value = properties.value();
        if (value != null) {
            out.name("se_va").string(StructuredEvent.decimal(value));
        }
        out.members(tracker);
        out.name("eid").uuid(idHigh, idLow);
        out.name("dtm").digits((trackedAtNanos + offsetNanos) / 1_000_000);
        out.name("cx");
        context.encoded(withUser).writeTo(out, properties, furtherContexts, scratch);
    }
}
