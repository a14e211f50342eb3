package dev.internalevents.collector.output;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.query.StreamedAnswer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code GET /micro/export?format=ndjson}: sends all good events in parts, as fast as the reader reads them. */
public final class ExportStream {

    private final StoreQueries queries;

    public ExportStream(StoreQueries queries) {
        this.queries = queries;
    }

    public void answer(HttpServerRequest request) {
        EventExport.Format format = format(request.getParam("format"));
        if (format == null) {
            Answers.error(request, 400, "\"format\" must be ndjson or tsv");
            return;
        }
        StreamedAnswer.answer(
                queries,
                request,
                format == EventExport.Format.TSV ? "text/tab-separated-values; charset=utf-8" : "application/x-ndjson",
                new EventExport(queries.memory(), format));
    }

    private static EventExport.@Nullable Format format(@Nullable String name) {
        if (name == null) {
            return EventExport.Format.NDJSON;
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "ndjson" -> EventExport.Format.NDJSON;
            case "tsv" -> EventExport.Format.TSV;
            default -> null;
        };
    }
}
