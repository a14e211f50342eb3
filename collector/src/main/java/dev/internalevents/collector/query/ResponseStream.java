package dev.internalevents.collector.query;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Writes an answer's body as a stream, on a thread that may block. A write returns when the connection has accepted the
 * bytes; it throws if the connection is closed or accepts nothing for the given time.
 */
public final class ResponseStream extends OutputStream {

    private static final int BUFFER_BYTES = 256 << 10;

    private final HttpServerResponse response;
    private final Context context;
    private final long stalledMillis;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;

    /**
     * Creates a stream.
     *
     * @param context the context of the response's connection
     * @param stalledMillis how long a write may wait for the reader
     */
    public ResponseStream(HttpServerResponse response, Context context, long stalledMillis) {
        this.response = response;
        this.context = context;
        this.stalledMillis = stalledMillis;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int at = 0; at < length; ) {
            int some = Math.min(length - at, BUFFER_BYTES - filled);
            System.arraycopy(bytes, from + at, buffer, filled, some);
            filled += some;
            at += some;
            if (filled == BUFFER_BYTES) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (filled > 0) {
            Buffer some = Buffer.buffer(filled).appendBytes(buffer, 0, filled);
            filled = 0;
            await(() -> response.write(some));
        }
    }

    /** Ends the answer. */
    public void end() throws IOException {
        flush();
        await(response::end);
    }

    private void await(Supplier<Future<Void>> step) throws IOException {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        context.runOnContext(now -> {
            if (response.closed() || response.ended()) {
                taken.completeExceptionally(new IOException("the answer is closed"));
                return;
            }
            step.get().onComplete(done -> {
                if (done.succeeded()) {
                    taken.complete(null);
                } else {
                    taken.completeExceptionally(done.cause());
                }
            });
        });
        try {
            taken.get(stalledMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the reader read nothing for " + stalledMillis / 1000 + " seconds", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message = cause.getMessage();
            throw new IOException("the reader disconnected" + (message == null ? "" : ": " + message), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the answer was sent");
        }
    }
}
