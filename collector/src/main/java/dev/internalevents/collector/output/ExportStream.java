package dev.internalevents.collector.output;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.micro.MicroFilters;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.query.StreamedAnswer;
import dev.internalevents.collector.query.TestSession;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.store.EventQuery;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /micro/export?format=csv}: sends events in parts, as fast as the reader reads them. All good events; or
 * those of {@code query}, the JSON that {@code POST /micro/events} takes, with failed ones and repeats.
 */
public final class ExportStream {

    private final StoreQueries queries;
    private final MicroFilters filters;

    public ExportStream(StoreQueries queries) {
        this.queries = queries;
        this.filters = new MicroFilters(queries.isCompat());
    }

    public void answer(HttpServerRequest request) {
        EventExport.Format format = format(request.getParam("format"));
        if (format == null) {
            Answers.error(request, 400, "\"format\" must be ndjson, tsv or csv");
            return;
        }
        EventQuery query;
        try {
            query = query(request, format);
        } catch (MalformedPayloadException e) {
            Answers.error(request, 400, "\"query\": " + e.getMessage());
            return;
        }
        if (format == EventExport.Format.CSV) {
            request.response().putHeader("Content-Disposition", "attachment; filename=\"events.csv\"");
        }
        StreamedAnswer.answer(queries, request, format.contentType(), new EventExport(queries.memory(), format, query));
    }

    private EventQuery query(HttpServerRequest request, EventExport.Format format) {
        String json = request.getParam("query");
        String session = TestSession.of(request);
        if (json == null) {
            return EventQuery.ALL.of(session).good(true);
        }
        EventQuery query = filters.query(json.getBytes(StandardCharsets.UTF_8), session);
        return format == EventExport.Format.TSV ? query.good(true) : query;
    }

    private static EventExport.@Nullable Format format(@Nullable String name) {
        if (name == null) {
            return EventExport.Format.NDJSON;
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "ndjson" -> EventExport.Format.NDJSON;
            case "tsv" -> EventExport.Format.TSV;
            case "csv" -> EventExport.Format.CSV;
            default -> null;
        };
    }
}
