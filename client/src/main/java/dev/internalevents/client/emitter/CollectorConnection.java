package dev.internalevents.client.emitter;

import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The way to one collector: connections that are kept open, one request after the other on each. */
final class CollectorConnection {

    private static final Set<Integer> NEVER_RETRIED = Set.of(400, 401, 403, 404, 405, 410, 414, 422, 431);
    private static final long MAX_RETRY_AFTER_MILLIS = 600_000;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ExecutorService executor;
    private final HttpClient http;
    private final HttpRequest.Builder request;
    private final CompletableFuture<Answer> aborted = new CompletableFuture<>();

    CollectorConnection(EmitterSettings settings) {
        int number = NUMBER.incrementAndGet();
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "internal-events-http-" + number);
            thread.setDaemon(true);
            return thread;
        });
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor)
                .build();
        String base = settings.endpoint().toString();
        this.request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base : base + "/") + "com.snowplowanalytics.snowplow/tp2"))
                .timeout(settings.readTimeout())
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "internal-events-jvm");
    }

    /** Sends one request and waits for the answer, or for {@link #abort}. */
    Answer post(List<byte[]> openEvents) {
        byte[] body = PayloadData.body(openEvents, System.currentTimeMillis());
        HttpRequest post = request.copy()
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        CompletableFuture<HttpResponse<Void>> response = http.sendAsync(post, HttpResponse.BodyHandlers.discarding());
        CompletableFuture<Answer> answer =
                response.handle((received, failure) -> received == null ? failed(failure) : answer(received));
        try {
            return (Answer) CompletableFuture.anyOf(answer, aborted).get();
        } catch (InterruptedException e) {
            response.cancel(true);
            return new Answer.Failed("the request was interrupted", 0);
        } catch (ExecutionException e) {
            return failed(e);
        }
    }

    /** Lets every request that is under way end at once as failed. */
    void abort() {
        aborted.complete(new Answer.Failed("the client was closed", 0));
    }

    void close() {
        executor.shutdownNow();
        // From JDK 21 on; before that the connections end with the garbage collection of the client.
        if ((Object) http instanceof AutoCloseable) {
            try {
                HttpClient.class.getMethod("shutdownNow").invoke(http);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("HttpClient is closeable but has no shutdownNow", e);
            }
        }
    }

    private static Answer answer(HttpResponse<?> response) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return new Answer.Delivered();
        } else if (status == 413) {
            return new Answer.TooLarge("the collector answered 413, a single event is too large for it");
        } else if (NEVER_RETRIED.contains(status)) {
            return new Answer.Refused("the collector answered " + status);
        }
        return new Answer.Failed(
                "the collector answered " + status,
                response.headers()
                        .firstValue("Retry-After")
                        .map(CollectorConnection::retryAfter)
                        .orElse(0L));
    }

    private static Answer failed(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String what = cause instanceof IOException && cause.getMessage() == null
                ? "no connection (" + cause.getClass().getSimpleName() + ")"
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return new Answer.Failed(what, 0);
    }

    /** Seconds or an HTTP date (RFC 9110, 10.2.3), ten minutes at most; 0 when it is neither. */
    static long retryAfter(String header) {
        String text = header.strip();
        long millis;
        try {
            millis = text.chars().allMatch(Character::isDigit)
                    ? Math.multiplyExact(Long.parseLong(text), 1000)
                    : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant()
                                    .toEpochMilli()
                            - Instant.now().toEpochMilli();
        } catch (DateTimeException | NumberFormatException e) {
            return 0;
        } catch (ArithmeticException e) {
            return MAX_RETRY_AFTER_MILLIS;
        }
        return Math.max(0, Math.min(millis, MAX_RETRY_AFTER_MILLIS));
    }
}
