package dev.internalevents.collector.backup;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.query.ResponseStream;
import dev.internalevents.collector.query.StoreQueries;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /micro/backup}: sends a consistent copy as a tar stream, one at a time. Processing pauses while files are
 * copied and continues while they are sent, as fast as the reader reads them; tracker requests are accepted all the
 * time. The connection is closed if the reader reads nothing for a minute.
 */
public final class BackupRequests {

    private static final Logger LOG = LoggerFactory.getLogger(BackupRequests.class);
    private static final long STALLED_MILLIS = 60_000;
    private static final long SIGN_OF_LIFE_SECONDS = 10;

    private final StoreQueries queries;
    private final @Nullable Backups backups;
    private final Function<HttpServerRequest, String> caller;
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * @param backups null for a collector that stores events in memory
     * @param caller describes for the log how a request's sender authenticated and from which address
     */
    public BackupRequests(StoreQueries queries, @Nullable Backups backups, Function<HttpServerRequest, String> caller) {
        this.queries = queries;
        this.backups = backups;
        this.caller = caller;
    }

    public void answer(HttpServerRequest request) {
        Backups of = backups;
        if (of == null) {
            Answers.error(
                    request,
                    409,
                    "this collector keeps events only in memory; a backup needs a collector that was started with"
                            + " internal-events collector --data DIR");
        } else if (!TarLibrary.isPresent()) {
            Answers.error(request, 501, TarLibrary.MISSING);
        } else if (running.getAndSet(true)) {
            Answers.error(request, 409, "another backup is being made; try again when it has finished");
        } else {
            LOG.info("a backup starts, requested {}", caller.apply(request));
            Context context = Vertx.currentContext();
            Thread thread = new Thread(() -> run(of, request, context), "internal-events-backup");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(Backups of, HttpServerRequest request, Context context) {
        CompletableFuture<BackupManifest> begun = new CompletableFuture<>();
        CompletableFuture<BackupCopy> copied = new CompletableFuture<>();
        copy(of, begun, copied);
        try {
            BackupManifest manifest = begun.join();
            send(request, context, manifest, copied);
            LOG.info("a backup of {} events was sent", manifest.events());
        } catch (CompletionException | IllegalStateException e) {
            context.runOnContext(now -> refuse(request, StoreQueries.cause(e)));
        } catch (IOException | ExecutionException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            LOG.warn("a backup failed: {}; request another", cause.getMessage() == null ? cause : cause.getMessage());
            // In HTTP/1.1, this is the only way to signal that the rest is missing.
            context.runOnContext(now -> request.response().reset());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            var unused = copied.whenComplete((copy, e) -> {
                if (copy != null) {
                    copy.close();
                }
                running.set(false);
            });
        }
    }

    /** Makes the copy on the processing thread. Both futures complete, whatever the outcome. */
    private void copy(Backups of, CompletableFuture<BackupManifest> begun, CompletableFuture<BackupCopy> copied) {
        try {
            of.prepare();
        } catch (RuntimeException | Error e) {
            begun.completeExceptionally(e);
            copied.completeExceptionally(e);
            return;
        }
        var unused = queries.queue(store -> {
                    try {
                        return copied.complete(of.copy(store, begun::complete));
                    } catch (RuntimeException | Error e) {
                        begun.completeExceptionally(e);
                        copied.completeExceptionally(e);
                        throw e;
                    }
                })
                .whenComplete((done, e) -> {
                    if (e != null) {
                        begun.completeExceptionally(e);
                        copied.completeExceptionally(e);
                    }
                });
    }

    private static void send(
            HttpServerRequest request, Context context, BackupManifest manifest, CompletableFuture<BackupCopy> copied)
            throws IOException, InterruptedException, ExecutionException {
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "application/x-tar")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (request.version() != HttpVersion.HTTP_2) {
            response.setChunked(true);
        }
        ResponseStream body = new ResponseStream(response, context, STALLED_MILLIS);
        BackupWriter backup = new BackupWriter(body, manifest);
        BackupCopy copy = null;
        while (copy == null) {
            try {
                copy = copied.get(SIGN_OF_LIFE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                backup.stillCopying();
            }
        }
        backup.write(copy);
        body.end();
    }

    private void refuse(HttpServerRequest request, Throwable cause) {
        if (request.response().ended() || request.response().closed()) {
            return;
        }
        if (cause instanceof Backups.NoRoomException) {
            Answers.error(request, 507, String.valueOf(cause.getMessage()));
        } else {
            queries.fail(request, cause);
        }
    }
}
