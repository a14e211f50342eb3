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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exports the events of a query as lines, oldest first, in parts. For one thread at a time. */
final class EventExport implements StreamedAnswer.Parts {

    /** The format of a line. */
    enum Format {
        /** The columns of the event as a JSON object, as in {@code /micro/events}. */
        NDJSON("application/x-ndjson"),
        /** Snowplow's enriched event, which only good events have. */
        TSV("text/tab-separated-values; charset=utf-8"),
        /** A line with the names of all columns that events have, then the columns of each event. */
        CSV("text/csv; charset=utf-8; header=present");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }
    }

    private static final byte[] NEWLINE = {'\n'};

    /** The columns of every event, before those that depend on the events. */
    private static final List<String> FIRST_COLUMNS = List.of("number", "valid", "title", "reason");

    private final AnswerMemory memory;
    private final Format format;
    private final @Nullable String session;
    private final EventParts events;
    private List<String> columns = List.of();
    private boolean begun;

    /** @param query which events; their order is that of their arrival */
    EventExport(AnswerMemory memory, Format format, EventQuery query) {
        this.memory = memory;
        this.format = format;
        this.session = query.session();
        this.events = new EventParts(memory, query.oldestFirst(), 0, Long.MAX_VALUE, this::write);
    }

    private void write(AnswerText text, StoredEvent event) {
        switch (format) {
            case NDJSON -> text.value(EventRows.row(event)).raw(NEWLINE);
            case TSV -> {
                EnrichedTsv.write((GoodEvent) event.event(), text.json());
                text.raw(NEWLINE);
            }
            case CSV -> text.raw(CsvRow.of(EventRows.row(event), columns));
        }
    }

    @Override
    public StreamedAnswer.Part next(EventStore store) {
        AnswerText text = new AnswerText(memory);
        try {
            if (format == Format.CSV && !begun) {
                columns = columns(store);
                text.raw(CsvRow.head(columns));
            }
            events.next(store, text);
            begun = true;
            return new StreamedAnswer.Part(200, text.end(), events.ended());
        } catch (RuntimeException | Error e) {
            text.release();
            throw e;
        }
    }

    private List<String> columns(EventStore store) {
        List<String> all = new ArrayList<>(FIRST_COLUMNS);
        all.addAll(store.columns(session));
        return List.copyOf(all);
    }
}
