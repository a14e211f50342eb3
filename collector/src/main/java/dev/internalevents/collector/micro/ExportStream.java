package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /micro/export?format=ndjson}: all good events, a part at a time, as fast as the reader takes them. */
final class ExportStream {

    private static final Logger LOG = LoggerFactory.getLogger(ExportStream.class);

    private final Stores stores;

    ExportStream(Stores stores) {
        this.stores = stores;
    }

    void answer(HttpServerRequest request) {
        EventExport.Format format = format(request.getParam("format"));
        if (format == null) {
            Answers.error(request, 400, "\"format\" must be ndjson or tsv");
            return;
        }
        HttpServerResponse response = request.response();
        if (request.version() != HttpVersion.HTTP_2) {
            response.setChunked(true);
        }
        response.putHeader(
                        "Content-Type",
                        format == EventExport.Format.TSV
                                ? "text/tab-separated-values; charset=utf-8"
                                : "application/x-ndjson")
                .putHeader("Cache-Control", "no-store");
        next(response, format, 0, Vertx.currentContext());
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

    private void next(HttpServerResponse response, EventExport.Format format, long after, Context context) {
        var unused = stores.ask(store -> EventExport.part(store, format, after))
                .whenComplete((part, e) -> context.runOnContext(now -> {
                    if (response.closed() || response.ended()) {
                        return;
                    }
                    if (e != null) {
                        // An end that is missing is how the reader sees that something is.
                        LOG.warn("an export broke off: {}", e.toString());
                        response.reset();
                    } else if (part.last()) {
                        response.end(Buffer.buffer(part.lines()));
                    } else {
                        response.write(Buffer.buffer(part.lines()))
                                .onSuccess(written -> next(response, format, part.next(), context));
                    }
                }));
    }
}
