package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.protocol.MalformedPayloadException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store for the API, on threads that may block, and answers on the request's own. A local collector waits first
 * until whatever was sent before the question is in the store, so that no test has to.
 */
public final class Stores implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);
    private static final long MAX_WAIT_MILLIS = 5_000;
    private static final int THREADS = 4;

    private final Vertx vertx;
    private final Processor processor;
    private final boolean readYourWrites;
    private final ExecutorService threads;

    public Stores(Vertx vertx, Processor processor, boolean readYourWrites) {
        this.vertx = vertx;
        this.processor = processor;
        this.readYourWrites = readYourWrites;
        AtomicLong count = new AtomicLong();
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "internal-events-reading-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    Vertx vertx() {
        return vertx;
    }

    Processor processor() {
        return processor;
    }

    /** Asks the store, and answers with what it gave. */
    <T> void ask(HttpServerRequest request, Function<EventStore, T> question, BiConsumer<HttpServerRequest, T> answer) {
        finish(
                request,
                caughtUp().thenCombineAsync(processor.store(), (done, store) -> question.apply(store), threads),
                answer);
    }

    /** Changes the store, after everything that was sent before is in it. */
    <T> void change(
            HttpServerRequest request, Function<EventStore, T> change, BiConsumer<HttpServerRequest, T> answer) {
        finish(request, caughtUp().thenCompose(done -> processor.change(change)), answer);
    }

    /** Asks without a request; for streams. */
    <T> CompletableFuture<T> ask(Function<EventStore, T> question) {
        return processor.store().thenApplyAsync(question, threads);
    }

    private CompletableFuture<Void> caughtUp() {
        return readYourWrites
                ? processor.caughtUp().completeOnTimeout(null, MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS)
                : CompletableFuture.completedFuture(null);
    }

    private <T> void finish(
            HttpServerRequest request, CompletableFuture<T> asked, BiConsumer<HttpServerRequest, T> answer) {
        var context = Vertx.currentContext();
        var unused = asked.whenComplete((value, e) -> context.runOnContext(now -> {
            if (e == null) {
                answer.accept(request, value);
            } else {
                Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
                if (cause instanceof MalformedPayloadException) {
                    Answers.error(request, 400, String.valueOf(cause.getMessage()));
                } else {
                    LOG.warn("{} could not be answered: {}", request.path(), cause.toString());
                    Answers.error(request, 500, String.valueOf(cause.getMessage()));
                }
            }
        }));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
