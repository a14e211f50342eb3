package dev.internalevents.collector.output;

import dev.internalevents.collector.micro.EventRows;
import dev.internalevents.collector.query.AnswerMemory;
import dev.internalevents.collector.query.AnswerText;
import dev.internalevents.collector.query.EventParts;
import dev.internalevents.collector.query.StreamedAnswer;
import dev.internalevents.pipeline.EnrichedTsv;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoredEvent;
import java.nio.charset.StandardCharsets;

/** Exports all good events of a store as lines, oldest first, in parts. For one thread at a time. */
final class EventExport implements StreamedAnswer.Parts {

    /** The format of a line. */
    enum Format {
        /** The columns of the event as a JSON object, as in {@code /micro/events}. */
        NDJSON,
        /** Snowplow's enriched event. */
        TSV
    }

    private static final byte[] NEWLINE = {'\n'};

    private final AnswerMemory memory;
    private final EventParts events;

    EventExport(AnswerMemory memory, Format format) {
        this.memory = memory;
        this.events = new EventParts(
                memory,
                EventQuery.ALL.good(true).oldestFirst(),
                0,
                Long.MAX_VALUE,
                format == Format.TSV ? EventExport::tsv : EventExport::json);
    }

    private static void tsv(AnswerText text, StoredEvent event) {
        text.raw(EnrichedTsv.write((GoodEvent) event.event()).getBytes(StandardCharsets.UTF_8))
                .raw(NEWLINE);
    }

    private static void json(AnswerText text, StoredEvent event) {
        text.value(EventRows.row(event)).raw(NEWLINE);
    }

    @Override
    public StreamedAnswer.Part next(EventStore store) {
        AnswerText text = new AnswerText(memory);
        try {
            events.next(store, text);
            return new StreamedAnswer.Part(200, text.end(), events.ended());
        } catch (RuntimeException | Error e) {
            text.release();
            throw e;
        }
    }
}
