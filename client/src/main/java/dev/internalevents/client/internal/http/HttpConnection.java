package dev.internalevents.client.internal.http;

import dev.internalevents.client.internal.Lifecycle;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A persistent connection to one server. It is reused for the next request, and made anew if the server has closed it
 * or sent unrequested bytes, and after some minutes, so that a DNS change takes effect. For one thread at a time,
 * except {@link #expire} and {@link #close}, which any thread may call to end the request in flight.
 */
public final class HttpConnection implements AutoCloseable {

    /** Bytes that a caller leaves free before a body, so that head and body are sent in one write. */
    public static final int HEADROOM = 4096;

    /**
     * How long a connection is used: 5 minutes, plus or minus a fifth, so that many clients do not reconnect at once.
     */
    static final Duration LIFETIME = Duration.ofMinutes(5);

    /** The message of a request that fails because the client has ended. */
    static final String CLOSED = "the client was closed";

    /** Time limit after a status line, when only the reuse of the connection is at stake. */
    private static final long REST_NANOS = 1_000_000_000;

    private final Lifecycle lifecycle;
    private final Routes routes;
    private final InFlight inFlight = new InFlight();
    private final Dialer dialer;
    private final long lifetimeNanos;
    private @Nullable Line line;

    /** @param lifecycle at its end, requests fail */
    public HttpConnection(HttpTarget target, Lifecycle lifecycle) {
        this(target, lifecycle, LIFETIME);
    }

    HttpConnection(HttpTarget target, Lifecycle lifecycle, Duration lifetime) {
        this.lifecycle = lifecycle;
        this.routes = new Routes(target, lifecycle);
        this.dialer = new Dialer(target, routes, inFlight, lifecycle);
        this.lifetimeNanos =
                lifetime.toNanos() / 5 * 4 + ThreadLocalRandom.current().nextLong(lifetime.toNanos() / 5 * 2 + 1);
    }

    /** Like {@link #post(HttpRequest, TimeLimits, Runnable)}, with the connect timeout of the target. */
    public HttpResponse post(HttpRequest request, long timeoutNanos, Runnable meanwhile) throws IOException {
        return post(request, new TimeLimits(Long.MAX_VALUE, timeoutNanos), meanwhile);
    }

    /**
     * Sends one POST and blocks until the status of the response.
     *
     * @param meanwhile runs after the request is written, while the server processes it; may run twice
     * @throws IOException if there is no response; it is not known then whether the server accepted the request
     */
    public HttpResponse post(HttpRequest request, TimeLimits limits, Runnable meanwhile) throws IOException {
        boolean done = false;
        try {
            HttpResponse response = null;
            while (response == null) {
                Line kept = reusable();
                response = kept == null
                        ? exchange(connect(limits.connectNanos()), request, limits.exchangeNanos(), meanwhile)
                        : tryExchange(kept, request, limits.exchangeNanos(), meanwhile);
            }
            done = true;
            return response;
        } catch (IOException e) {
            if (lifecycle.isEnded()) {
                throw new IOException(CLOSED, e);
            }
            throw e;
        } finally {
            inFlight.end();
            if (!done) {
                disconnect();
            }
        }
    }

    /** Aborts the request in flight if its timeout has expired. Called regularly by a timer thread; does not block. */
    public void expire() {
        expire(Long.MAX_VALUE);
    }

    /**
     * Like {@link #expire()}, and also aborts a request that has been in flight for as many nanoseconds.
     *
     * @param mostNanos {@link Long#MAX_VALUE} for no limit
     */
    void expire(long mostNanos) {
        if (mostNanos != Long.MAX_VALUE) {
            inFlight.expireAfter(mostNanos);
        }
        if (inFlight.isExpired()) {
            inFlight.abort();
        }
    }

    /** Aborts the request in flight. Safe to call from any thread; does not block. */
    @Override
    public void close() {
        routes.cancel();
        inFlight.abort();
    }

    private Line connect(long mostNanos) throws IOException {
        Line opened = dialer.connect(mostNanos);
        line = opened;
        return opened;
    }

    /**
     * Returns the open connection, if it has no unread bytes and was not closed by the server; null if a new one is
     * needed. Checking for received bytes takes no time; only after a pause, or if something was received, the check
     * takes a millisecond.
     */
    private @Nullable Line reusable() {
        Line kept = line;
        if (kept == null) {
            return null;
        }
        try {
            if (!kept.isOlderThan(lifetimeNanos)) {
                if (!kept.isDoubtful()) {
                    return kept;
                }
                inFlight.begin(REST_NANOS);
                if (kept.isSilent()) {
                    return kept;
                }
            }
        } catch (IOException e) {
            // Closed by the server.
        }
        disconnect();
        return null;
    }

    /** Returns null if the server had closed the idle connection; that does not mean that it is unavailable. */
    private @Nullable HttpResponse tryExchange(Line kept, HttpRequest request, long timeoutNanos, Runnable meanwhile)
            throws IOException {
        try {
            return exchange(kept, request, timeoutNanos, meanwhile);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            if (kept.reader().hasBegun() || lifecycle.isEnded()) {
                throw e;
            }
            disconnect();
            return null;
        }
    }

    private HttpResponse exchange(Line open, HttpRequest request, long timeoutNanos, Runnable meanwhile)
            throws IOException {
        inFlight.begin(timeoutNanos);
        ResponseReader reader = open.reader();
        try {
            if (lifecycle.isEnded()) {
                throw new IOException(CLOSED);
            }
            open.send(request, () -> inFlight.isExpired() || lifecycle.isEnded());
            meanwhile.run();
            int status = reader.status();
            routes.worked(open.route());
            inFlight.begin(Math.min(REST_NANOS, inFlight.left()));
            HttpResponse response = reader.rest(status, true);
            inFlight.end();
            open.used();
            if (!reader.canBeUsedAgain()) {
                disconnect();
            }
            return response;
        } catch (IOException e) {
            boolean late = inFlight.isExpired();
            if (late || open.isUnused() || reader.hasBegun()) {
                routes.failed(open.route());
            }
            if (late && !lifecycle.isEnded()) {
                throw timedOut(timeoutNanos, e);
            }
            throw e;
        }
    }

    private static IOException timedOut(long nanos, IOException cause) {
        IOException timedOut = new SocketTimeoutException("no answer within " + nanos / 1_000_000 + " ms");
        timedOut.initCause(cause);
        return timedOut;
    }

    private void disconnect() {
        inFlight.abort();
        inFlight.use(null);
        line = null;
    }
}
