package dev.internalevents.iglu;

import dev.internalevents.iglu.Outcome.Away;
import dev.internalevents.iglu.Outcome.None;
import dev.internalevents.iglu.Outcome.Refused;
import dev.internalevents.iglu.Outcome.Schema;
import dev.internalevents.protocol.SchemaKey;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests to one registry. A request, including redirects and the body, ends within 5 s. At most 5 redirects are
 * followed. Redirects to an internal address are followed only if the registry itself has an address of that kind; with
 * an API key, redirects to another host are not followed. No method blocks the caller; safe for use by several threads.
 */
final class SchemaRequests {

    static final int MAX_BYTES = 4_000_000;

    static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_REDIRECTS = 5;
    /** The number of bytes read from a response that is not a schema, so that its connection can be reused. */
    private static final int MAX_IGNORED_BYTES = 64 << 10;

    private static final int THREADS = 8;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String base;
    private final URI home;
    private final @Nullable String apiKey;
    private final Executor threads;
    private final HttpClient http;

    SchemaRequests(URI uri, @Nullable String apiKey) {
        String text = uri.toString();
        this.base = (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/schemas/";
        this.home = uri;
        this.apiKey = apiKey;
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), run -> {
                    Thread thread = new Thread(run, "schemas from " + uri.getHost());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
        this.http = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(pool)
                .build();
    }

    /** Requests a schema; {@code ended} is called once, on a thread of the requests. */
    void request(SchemaKey key, Consumer<Outcome> ended) {
        Request request = new Request(URI.create(base + key.path()), ended);
        CompletableFuture.delayedExecutor(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS, threads)
                .execute(request::timeOut);
        threads.execute(request::send);
    }

    /** One look-up: a request and its redirects. */
    private final class Request {

        private final AtomicBoolean done = new AtomicBoolean();
        private final Consumer<Outcome> ended;
        private final AtomicReference<@Nullable CompletableFuture<?>> sending = new AtomicReference<>();
        private final Set<URI> visited = new HashSet<>();
        private volatile URI current;
        /** The status and headers of the last response, which are used even if its body does not end. */
        private volatile HttpResponse.@Nullable ResponseInfo begun;

        private Request(URI first, Consumer<Outcome> ended) {
            this.current = first;
            this.ended = ended;
        }

        private void end(Outcome outcome) {
            if (done.compareAndSet(false, true)) {
                // The timer references this object for some seconds; it need not keep the body in memory too.
                sending.set(null);
                ended.accept(outcome);
            }
        }

        private void send() {
            try {
                URI uri = current;
                visited.add(uri);
                begun = null;
                HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
                if (apiKey != null) {
                    request.header("apikey", apiKey);
                }
                CompletableFuture<HttpResponse<Optional<byte[]>>> answer = http.sendAsync(request.build(), this::body);
                sending.set(answer);
                if (done.get()) {
                    answer.cancel(true);
                }
                CompletableFuture<?> unused = answer.whenCompleteAsync(this::answered, threads);
            } catch (RuntimeException e) {
                String message = String.valueOf(e.getMessage());
                // The message may quote the invalid value, which must not be the key.
                boolean isSafe = apiKey == null || !message.contains(apiKey);
                end(new Refused("cannot be sent a request for it: "
                        + (isSafe ? message : e.getClass().getSimpleName())));
            }
        }

        private HttpResponse.BodySubscriber<Optional<byte[]>> body(HttpResponse.ResponseInfo info) {
            begun = info;
            return new Limited(info.statusCode() == 200 ? MAX_BYTES : MAX_IGNORED_BYTES);
        }

        private void timeOut() {
            CompletableFuture<?> unfinished = sending.get();
            HttpResponse.ResponseInfo info = begun;
            // An error status decides; a redirect is no longer followed.
            if (info != null && info.statusCode() >= 400) {
                decide(info.statusCode(), info.headers(), Optional.empty());
            }
            end(new Away(
                    info == null
                            ? "no answer within " + TIMEOUT.toSeconds() + " s"
                            : "its answer was not complete within " + TIMEOUT.toSeconds() + " s",
                    false,
                    Duration.ZERO));
            if (unfinished != null) {
                // Close the connection, so that a slow server does not occupy it.
                unfinished.cancel(true);
            }
        }

        private void answered(@Nullable HttpResponse<Optional<byte[]>> answer, @Nullable Throwable failure) {
            HttpResponse.ResponseInfo info = begun;
            try {
                if (answer != null) {
                    decide(answer.statusCode(), answer.headers(), answer.body());
                } else if (info != null && info.statusCode() != 200) {
                    decide(info.statusCode(), info.headers(), Optional.empty());
                } else if (failure != null) {
                    end(away(failure instanceof CompletionException ? failure.getCause() : failure));
                }
            } catch (RuntimeException | StackOverflowError e) {
                end(new Refused("sent a response that cannot be read (" + e + ")"));
            }
        }

        private Away away(@Nullable Throwable failure) {
            boolean unreachable = visited.size() == 1
                    && (failure instanceof ConnectException
                            || failure instanceof HttpConnectTimeoutException
                            || failure instanceof SSLHandshakeException);
            return new Away(words(failure), unreachable, Duration.ZERO);
        }

        private void decide(int status, HttpHeaders headers, Optional<byte[]> body) {
            if (status == 200) {
                end(
                        body.isPresent()
                                ? schema(body.get())
                                : new Refused("sent more than " + MAX_BYTES + " bytes for this schema"));
            } else if (status == 404 || status == 410) {
                end(new None());
            } else if (status == 429 || status >= 500) {
                end(new Away("status " + status, status == 429, retryAfter(headers)));
            } else if (List.of(301, 302, 303, 307, 308).contains(status)) {
                redirect(status, headers.firstValue("Location").orElse(""));
            } else {
                end(new Refused("answered " + status + " for this schema"
                        + (status == 401 || status == 403 ? "; if it needs an API key, check it" : "")));
            }
        }

        private Outcome schema(byte[] body) {
            String text;
            try {
                text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(body))
                        .toString();
            } catch (CharacterCodingException e) {
                return new Refused("sent a response that is not UTF-8 for this schema");
            }
            // Read token by token, because many large trees at a time would take much memory.
            try (JsonParser parser = JSON.createParser(text)) {
                if (parser.nextToken() == null) {
                    return new Refused("sent an empty response for this schema");
                }
                while (parser.nextToken() != null) {
                    // Reading a token checks it.
                }
                return new Schema(text);
            } catch (JacksonException e) {
                String what = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
                return new Refused("sent a response that is not JSON for this schema: " + what);
            }
        }

        private void redirect(int status, String location) {
            URI to = target(location);
            if (to == null) {
                end(refused(status, "to a location that is not a web address"));
                return;
            }
            String host = to.getHost();
            String refusal = null;
            if (visited.contains(to)) {
                refusal = "in a loop";
            } else if (visited.size() > MAX_REDIRECTS) {
                refusal = "more than " + MAX_REDIRECTS + " times";
            } else if (isSecure(home) && !isSecure(to)) {
                refusal = "from https to http";
            } else if (apiKey != null && !isHome(to)) {
                refusal = "to another server (" + host + "), which must not get the API key";
            } else {
                try {
                    refusal = isInner(host) ? "to an internal address (" + host + ")" : null;
                } catch (UnknownHostException e) {
                    end(new Away("it redirects to " + host + ", which has no network address", false, Duration.ZERO));
                    return;
                }
            }
            if (refusal == null) {
                current = to;
                send();
            } else {
                end(refused(status, refusal));
            }
        }

        private @Nullable URI target(String location) {
            try {
                URI to = current.resolve(location);
                boolean web = "http".equalsIgnoreCase(to.getScheme()) || isSecure(to);
                // Drop the fragment: the server never sees it, but it would hide a redirect loop.
                return location.isEmpty() || !web || to.getHost() == null
                        ? null
                        : URI.create(to.toString().split("#", 2)[0]);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
    }

    private static Refused refused(int status, String redirects) {
        return new Refused("answered " + status + " for this schema and redirects " + redirects);
    }

    private static boolean isSecure(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    private boolean isHome(URI to) {
        return to.getScheme().equalsIgnoreCase(home.getScheme())
                && to.getHost().equalsIgnoreCase(home.getHost())
                && port(to) == port(home);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : isSecure(uri) ? 443 : 80;
    }

    /** Returns whether a host has a non-public address of a kind that the registry itself does not have. */
    private boolean isInner(String host) throws UnknownHostException {
        Set<Addresses.Kind> kinds = Addresses.kinds(host);
        kinds.remove(Addresses.Kind.PUBLIC);
        return !kinds.isEmpty() && !Addresses.kinds(home.getHost()).containsAll(kinds);
    }

    private static String words(@Nullable Throwable failure) {
        if (failure != null && failure.getCause() instanceof UnresolvedAddressException) {
            return "its host has no network address";
        } else if (failure instanceof ConnectException && failure.getMessage() == null) {
            return "no connection to it is possible";
        }
        return failure == null || failure.getMessage() == null ? String.valueOf(failure) : failure.getMessage();
    }

    /** Parses Retry-After as in RFC 9110, 10.2.3: a number of seconds, or a date. */
    private static Duration retryAfter(HttpHeaders headers) {
        String value = headers.firstValue("Retry-After").orElse("").strip();
        if (value.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Integer.parseInt(value));
        }
        try {
            Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
            Duration pause = Duration.between(Instant.now(), date);
            return pause.isNegative() ? Duration.ZERO : pause;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }

    /** Reads a body up to a number of bytes; the result is empty if the body is longer, and the rest is not read. */
    private static final class Limited implements HttpResponse.BodySubscriber<Optional<byte[]>> {

        private final CompletableFuture<Optional<byte[]>> body = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int most;
        private Flow.@Nullable Subscription subscription;

        private Limited(int most) {
            this.most = most;
        }

        @Override
        public CompletionStage<Optional<byte[]>> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription from) {
            subscription = from;
            from.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (bytes.size() + buffer.remaining() > most) {
                    body.complete(Optional.empty());
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    return;
                }
                byte[] some = new byte[buffer.remaining()];
                buffer.get(some);
                bytes.write(some, 0, some.length);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(Optional.of(bytes.toByteArray()));
        }
    }
}
