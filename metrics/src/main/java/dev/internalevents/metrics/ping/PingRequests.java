package dev.internalevents.metrics.ping;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON to a receiver that may misbehave: each request ends within a timeout, including the body of the response,
 * of which a limited number of bytes is read. (The timeout of an {@link HttpRequest} ends with the response's headers.)
 */
final class PingRequests {

    /** Maximum bytes read of a response's body, which is ignored. */
    private static final int MAX_BODY = 65_536;

    private final HttpClient http;
    private final Duration timeout;

    PingRequests(Duration timeout) {
        this.http = HttpClient.newBuilder().connectTimeout(timeout).build();
        this.timeout = timeout;
    }

    /**
     * Posts a document and returns the status of the response. Once it is known it counts, even if the body then fails,
     * is too long or does not end in time. Blocks until then.
     *
     * @throws IOException if there is no status within the timeout
     */
    int post(URI to, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(to)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        CompletableFuture<Integer> status = new CompletableFuture<>();
        CompletableFuture<HttpResponse<@Nullable Void>> exchange = http.sendAsync(request, head -> {
            status.complete(head.statusCode());
            return new IgnoredBody();
        });
        try {
            return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS).statusCode();
        } catch (ExecutionException e) {
            if (status.isDone()) {
                return status.join();
            }
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (TimeoutException e) {
            if (status.isDone()) {
                return status.join();
            }
            throw new HttpTimeoutException("no response within " + timeout.toSeconds() + " seconds");
        } finally {
            // Closes the connection unless the exchange is complete.
            exchange.cancel(true);
        }
    }

    /** Reads a body up to the limit, so that the sender of a short one can finish it. */
    private static final class IgnoredBody implements HttpResponse.BodySubscriber<@Nullable Void> {

        private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;
        private long read;

        @Override
        public CompletionStage<@Nullable Void> getBody() {
            return end;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            for (ByteBuffer buffer : bytes) {
                read += buffer.remaining();
            }
            if (read > MAX_BODY && subscription != null) {
                subscription.cancel();
                end.complete(null);
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
