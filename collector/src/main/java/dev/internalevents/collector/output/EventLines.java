package dev.internalevents.collector.output;

import dev.internalevents.collector.micro.MicroJson;
import dev.internalevents.pipeline.EnrichedTsv;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.StoredEvent;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each event as a line to standard output or posts it to a URL: good events as Snowplow's enriched TSV or as
 * JSON, failed events as JSON.
 */
public final class EventLines implements EventOutput {

    private static final Logger LOG = LoggerFactory.getLogger(EventLines.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final byte[] NEWLINE = {'\n'};

    private final Format format;
    private final @Nullable PrintStream out;
    private final @Nullable URI destination;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final JsonWriter line = new JsonWriter(2048);
    private boolean failing;

    /** The format of good events. */
    public enum Format {
        /** Snowplow's enriched event: 131 fields separated by tabs. */
        TSV {
            @Override
            void write(GoodEvent event, JsonWriter out) {
                EnrichedTsv.write(event, out);
            }
        },
        /** The event in the shape of Micro's API, on one line. */
        JSON {
            @Override
            void write(GoodEvent event, JsonWriter out) {
                out.value(MicroJson.good(event));
            }
        };

        /** Appends the event as a line, without the line feed. */
        abstract void write(GoodEvent event, JsonWriter out);
    }

    private EventLines(Format format, @Nullable PrintStream out, @Nullable URI destination) {
        this.format = format;
        this.out = out;
        this.destination = destination;
    }

    public static EventLines to(PrintStream out, Format format) {
        return new EventLines(format, out, null);
    }

    /**
     * Posts each event to a URL. Events that cannot be sent are skipped, because the store has them; the first of
     * several failures in a row is logged.
     */
    public static EventLines to(URI destination, Format format) {
        return new EventLines(format, null, destination);
    }

    @Override
    public void event(StoredEvent event) {
        line.reset();
        if (event.event() instanceof GoodEvent good) {
            format.write(good, line);
        } else {
            line.value(MicroJson.bad((FailedEvent) event.event()));
        }
        if (out != null) {
            line.raw(NEWLINE, 0, 1);
            out.write(line.array(), 0, line.length());
            out.flush();
        } else if (destination != null) {
            send(
                    destination,
                    line.toByteArray(),
                    event.isGood() && format == Format.TSV ? "text/plain" : "application/json");
        }
    }

    /** Returns the reason of a failure; its class name if it has no message, such as for a refused connection. */
    private static String reason(Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause.getMessage() == null
                ? "the connection failed (" + cause.getClass().getSimpleName() + ")"
                : cause.getMessage();
    }

    private void send(URI to, byte[] body, String contentType) {
        HttpRequest request = HttpRequest.newBuilder(to)
                .timeout(TIMEOUT)
                .header("Content-Type", contentType + "; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        var unused = http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .whenComplete((answer, e) -> {
                    boolean failed = e != null || answer.statusCode() >= 300;
                    if (failed && !failing) {
                        LOG.warn(
                                "events cannot be sent to {}: {}; /micro/good still has them",
                                to.getPort() < 0 ? to.getHost() : to.getHost() + ":" + to.getPort(),
                                e == null ? "status " + answer.statusCode() : reason(e));
                    }
                    failing = failed;
                });
    }
}
