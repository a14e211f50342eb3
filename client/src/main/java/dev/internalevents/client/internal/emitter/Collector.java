package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.client.internal.http.ConnectionFailure;
import dev.internalevents.client.internal.http.HttpConnection;
import dev.internalevents.client.internal.http.HttpEndpoint;
import dev.internalevents.client.internal.http.HttpRedirectException;
import dev.internalevents.client.internal.http.HttpRequest;
import dev.internalevents.client.internal.http.HttpResponse;
import dev.internalevents.client.internal.http.HttpTarget;
import dev.internalevents.client.internal.http.RedirectedConnection;
import dev.internalevents.client.internal.http.TimeLimits;
import dev.internalevents.protocol.PayloadBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of one sending thread to one endpoint: sends a body and returns the outcome. */
final class Collector implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
    private static final long MAX_RETRY_AFTER_MILLIS = 600_000;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    private final RedirectedConnection connection;
    private final TimeLimits limits;
    private final Compression compression;
    private final EventKind kind;
    private final GiveUp giveUp;
    private boolean gzip;

    Collector(EmitterSettings settings, URI endpoint, Lifecycle lifecycle) {
        EmitterSettings.Destination destination = settings.destination();
        EmitterSettings.Delivery delivery = settings.delivery();
        HttpTarget target = new HttpTarget(
                HttpEndpoint.parse(endpoint.toString()).below(HttpEndpoint.TRACKER_PATH),
                destination.headers(),
                destination.proxy(),
                destination.tls(),
                delivery.connectTimeout());
        this.connection = new RedirectedConnection(target, lifecycle);
        this.limits = new TimeLimits(Long.MAX_VALUE, delivery.readTimeout().toNanos());
        this.compression = delivery.compression();
        this.kind = settings.kind();
        this.giveUp = delivery.giveUp();
        this.gzip = compression == Compression.ALWAYS;
    }

    /**
     * Sends the content of the body, stamped with the current time, and blocks until the response. The body is left
     * unchanged. Any failure, including one in the application's proxy selector or TLS provider, is returned as a
     * failed outcome.
     *
     * @param mostNanos limit for connecting and for the exchange, beside the timeouts of the settings
     * @param meanwhile runs while the collector processes the request, possibly twice; exceptions are logged
     */
    Answer post(PayloadBody body, long mostNanos, Runnable meanwhile) {
        TimeLimits within = mostNanos == Long.MAX_VALUE ? limits : limits.within(mostNanos);
        body.finish(System.currentTimeMillis());
        Runnable guarded = () -> {
            try {
                meanwhile.run();
            } catch (RuntimeException | Error e) {
                LOG.error("the next batch could not be prepared", e);
            }
        };
        try {
            HttpResponse response = send(body, gzip, within, guarded);
            if (response.status() == UNSUPPORTED_MEDIA_TYPE && gzip) {
                gzip = false;
                response = send(body, false, within, guarded);
            } else if (compression == Compression.WHEN_ACCEPTED && response.acceptEncoding() != null) {
                gzip = accepts(response.acceptEncoding());
            }
            return answer(response);
        } catch (HttpRedirectException e) {
            String reason = "the collector " + e.getMessage();
            return giveUp.finalStatuses().contains(e.status())
                    ? new Answer.Refused(reason, true)
                    : new Answer.Failed(reason, 0);
        } catch (IOException | RuntimeException | Error e) {
            LOG.debug("no answer", e);
            return new Answer.Failed(reason(e), 0);
        } finally {
            body.reopen();
        }
    }

    private static String reason(Throwable e) {
        if (e instanceof IOException failure) {
            return ConnectionFailure.words(failure);
        }
        String message = e.getMessage();
        return message == null
                ? "no connection (" + e.getClass().getSimpleName() + ")"
                : e.getClass().getSimpleName() + ": " + message;
    }

    /** @param mostNanos how long a request may be in flight, beside its own limit */
    void expire(long mostNanos) {
        connection.expire(mostNanos);
    }

    /** Aborts the request in flight. */
    @Override
    public void close() {
        connection.close();
    }

    private HttpResponse send(PayloadBody body, boolean compressed, TimeLimits within, Runnable meanwhile)
            throws IOException {
        if (!compressed) {
            return connection.post(new HttpRequest(body.array(), body.start(), body.end(), false), within, meanwhile);
        }
        byte[] small = gzip(body);
        return connection.post(new HttpRequest(small, HttpConnection.HEADROOM, small.length, true), within, meanwhile);
    }

    private static byte[] gzip(PayloadBody body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(HttpConnection.HEADROOM + body.size() / 4);
        out.write(new byte[HttpConnection.HEADROOM], 0, HttpConnection.HEADROOM);
        try (GZIPOutputStream zip = new GZIPOutputStream(out, 1 << 15)) {
            zip.write(body.array(), body.start(), body.size());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static boolean accepts(@Nullable String codings) {
        if (codings == null) {
            return false;
        }
        for (String coding : codings.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = coding.strip().split(";", -1);
            if ((parts[0].strip().equals("gzip") || parts[0].strip().equals("*"))
                    && (parts.length == 1 || !parts[1].strip().matches("q=0(\\.0*)?"))) {
                return true;
            }
        }
        return false;
    }

    private Answer answer(HttpResponse response) {
        String retryAfter = response.retryAfter();
        long pause = retryAfter == null ? 0 : retryAfter(retryAfter);
        return kind.isKept()
                ? Answer.ofKept(response.status(), pause, giveUp)
                : Answer.of(response.status(), pause, giveUp);
    }

    /** Parses seconds or an HTTP date (RFC 9110, 10.2.3) into milliseconds, at most ten minutes; 0 if it is neither. */
    static long retryAfter(String header) {
        String text = header.strip();
        boolean isNumber = !text.isEmpty() && text.chars().allMatch(Character::isDigit);
        long millis;
        try {
            millis = isNumber
                    ? Math.multiplyExact(Long.parseLong(text), 1000)
                    : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant()
                                    .toEpochMilli()
                            - Instant.now().toEpochMilli();
        } catch (NumberFormatException | ArithmeticException e) {
            // The number has too many digits for a long.
            return MAX_RETRY_AFTER_MILLIS;
        } catch (DateTimeException e) {
            return 0;
        }
        return Math.max(0, Math.min(millis, MAX_RETRY_AFTER_MILLIS));
    }
}
