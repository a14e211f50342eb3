package dev.internalevents.collector.micro;

import dev.internalevents.collector.store.EventQuery;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.pipeline.EnrichedTsv;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** All good events of a store as lines, the oldest first. */
public final class EventExport {

    /** Events that are read together. */
    private static final int STEP = 1_000;

    /** What a line is. */
    public enum Format {
        /** The columns of the event as a JSON object, as {@code /micro/events} gives them. */
        NDJSON,
        /** Snowplow's enriched event. */
        TSV
    }

    private EventExport() {}

    /** Some lines, and where to go on. */
    record Part(byte[] lines, long next, boolean last) {}

    /** Writes all. Blocks. */
    public static long write(EventStore store, Format format, OutputStream out) throws IOException {
        long events = 0;
        long after = 0;
        while (true) {
            Part part = part(store, format, after);
            out.write(part.lines());
            for (byte b : part.lines()) {
                events += b == '\n' ? 1 : 0;
            }
            if (part.last()) {
                return events;
            }
            after = part.next();
        }
    }

    static Part part(EventStore store, Format format, long after) {
        List<StoredEvent> events =
                store.find(EventQuery.ALL.good(true).after(after).sortedBy(null, false), 0, STEP);
        ByteArrayOutputStream lines = new ByteArrayOutputStream(1 << 20);
        for (StoredEvent event : events) {
            byte[] line = format == Format.TSV
                    ? EnrichedTsv.write((GoodEvent) event.event()).getBytes(StandardCharsets.UTF_8)
                    : new JsonWriter(2048).value(EventRows.row(event)).toByteArray();
            lines.write(line, 0, line.length);
            lines.write('\n');
        }
        long next = events.isEmpty() ? after : events.get(events.size() - 1).number();
        return new Part(lines.toByteArray(), next, events.size() < STEP);
    }
}
