package dev.internalevents.collector.query;

import dev.internalevents.store.EventStore;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a request in parts, as fast as its reader reads them: the next part is read from the store when the previous
 * one is written to the connection. The connection is closed if the reader reads nothing for a minute.
 */
public final class StreamedAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(StreamedAnswer.class);
    private static final String JSON = "application/json; charset=utf-8";
    private static final long STALLED_MILLIS = 60_000;
    private static final long FULL_MILLIS = 50;

    private final StoreQueries queries;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Executor threads;
    private final Parts parts;
    private final Context context = Vertx.currentContext();
    private long waited;

    /**
     * Produces the parts of an answer on demand. Called by one thread at a time, which may block. After an
     * {@link AnswerMemory.FullException}, the call can be repeated.
     */
    @FunctionalInterface
    public interface Parts {
        Part next(EventStore store);
    }

    /**
     * A part of an answer.
     *
     * @param status the answer's status; only that of the first part counts
     * @param last whether this is the last part
     */
    public record Part(int status, AnswerText text, boolean last) {}

    private StreamedAnswer(StoreQueries queries, HttpServerRequest request, Executor threads, Parts parts) {
        this.queries = queries;
        this.request = request;
        this.response = request.response();
        this.threads = threads;
        this.parts = parts;
    }

    /** Answers with JSON. Call on the request's thread. */
    public static void json(StoreQueries queries, HttpServerRequest request, Parts parts) {
        answer(queries, request, JSON, parts);
    }

    /**
     * Answers with JSON in one part, without waiting for what was sent before if the answer is found at once.
     *
     * @param stored returns the answer; empty if what was asked for is not stored
     * @param parts returns the answer, whatever is stored
     */
    public static void json(
            StoreQueries queries, HttpServerRequest request, Function<EventStore, Optional<Part>> stored, Parts parts) {
        StreamedAnswer answer = new StreamedAnswer(queries, request, queries.readers(), parts);
        queries.ask(request, stored, parts::next, (to, first) -> answer.begin(JSON, first));
    }

    /** Answers with the given content type. Call on the request's thread. */
    public static void answer(StoreQueries queries, HttpServerRequest request, String contentType, Parts parts) {
        StreamedAnswer answer = new StreamedAnswer(queries, request, queries.readers(), parts);
        queries.ask(request, parts::next, (to, first) -> answer.begin(contentType, first));
    }

    /** Answers with a first part that is ready, and reads the others on the given threads. */
    public static void json(
            StoreQueries queries, HttpServerRequest request, Executor threads, Part first, Parts others) {
        new StreamedAnswer(queries, request, threads, others).begin(JSON, first);
    }

    private void begin(String contentType, Part first) {
        response.setStatusCode(first.status())
                .putHeader("Content-Type", contentType)
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (request.method().equals(HttpMethod.HEAD)) {
            first.text().release();
            response.end();
            return;
        }
        if (first.last()) {
            response.putHeader("Content-Length", String.valueOf(first.text().length()));
        } else if (request.version() != HttpVersion.HTTP_2) {
            response.setChunked(true);
        }
        write(first, 0);
    }

    private void write(Part part, int index) {
        List<byte[]> pieces = part.text().pieces();
        if (isOver()) {
            part.text().release();
        } else if (index < pieces.size()) {
            byte[] piece = pieces.get(index);
            long timer = queries.vertx().setTimer(STALLED_MILLIS, late -> context.runOnContext(now -> cutOff(part)));
            response.write(Buffer.buffer(piece)).onComplete(written -> {
                queries.vertx().cancelTimer(timer);
                context.runOnContext(now -> {
                    if (written.succeeded() && !pieces.isEmpty()) {
                        part.text().taken(piece);
                        write(part, index + 1);
                    } else {
                        part.text().release();
                    }
                });
            });
        } else if (part.last()) {
            response.end();
        } else {
            waited = 0;
            next();
        }
    }

    private boolean isOver() {
        return response.closed() || response.ended();
    }

    private void cutOff(Part part) {
        part.text().release();
        if (!isOver()) {
            LOG.info("{} was aborted: its reader read nothing for a minute", request.path());
            // In HTTP/1.1, closing the connection is the only way to signal that the rest is missing.
            response.reset();
        }
    }

    private void next() {
        var unused = queries.ask(this::part, threads)
                .whenComplete((part, e) -> context.runOnContext(now -> {
                    if (part != null) {
                        write(part, 0);
                    } else if (e != null && !isOver()) {
                        later(StoreQueries.cause(e));
                    }
                }));
    }

    private Part part(EventStore store) {
        if (isOver()) {
            throw new IllegalStateException("the reader disconnected");
        }
        return parts.next(store);
    }

    private void later(Throwable cause) {
        if (cause instanceof AnswerMemory.FullException && waited < STALLED_MILLIS) {
            waited += FULL_MILLIS;
            queries.vertx().setTimer(FULL_MILLIS, over -> context.runOnContext(now -> next()));
        } else {
            LOG.warn("{} failed before it was complete: {}", request.path(), cause.toString());
            response.reset();
        }
    }
}
