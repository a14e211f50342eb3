package dev.internalevents.client.internal.http;

import dev.internalevents.client.internal.Lifecycle;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that follows redirects which preserve method and body, 307 and 308 (RFC 9110, 15.4): to the same server,
 * or from http to https of the same host. The target of a 308 is used until it fails, at most for
 * {@link HttpConnection#LIFETIME}; the redirect of a 307 is followed anew for each request. For one thread at a time,
 * except {@link #expire} and {@link #close}.
 */
public final class RedirectedConnection implements AutoCloseable {

    private static final int MAX_REDIRECTS = 5;

    private final HttpTarget target;
    private final Lifecycle lifecycle;
    private final HttpConnection first;
    private volatile @Nullable HttpConnection other;
    private @Nullable HttpTarget otherTarget;
    private boolean permanent;
    private long permanentSince;

    /** @param lifecycle at its end, requests fail */
    public RedirectedConnection(HttpTarget target, Lifecycle lifecycle) {
        this.target = target;
        this.lifecycle = lifecycle;
        this.first = new HttpConnection(target, lifecycle);
    }

    /** Like {@link #post(HttpRequest, TimeLimits, Runnable)}, with the connect timeout of the target. */
    public HttpResponse post(HttpRequest request, long timeoutNanos, Runnable meanwhile) throws IOException {
        return post(request, new TimeLimits(Long.MAX_VALUE, timeoutNanos), meanwhile);
    }

    /**
     * Like {@link HttpConnection#post}.
     *
     * @throws HttpRedirectException if the response is a redirect that is not followed, or a redirect was followed to a
     *     server that refuses the request because it lacks the headers set for the original server
     */
    public HttpResponse post(HttpRequest request, TimeLimits limits, Runnable meanwhile) throws IOException {
        boolean done = false;
        try {
            HttpResponse response = follow(request, limits, meanwhile);
            done = response.status() < 300;
            return response;
        } finally {
            permanent &= done;
        }
    }

    /** Like {@link HttpConnection#expire}. */
    public void expire() {
        expire(Long.MAX_VALUE);
    }

    /** Like {@link HttpConnection#expire(long)}. */
    public void expire(long mostNanos) {
        first.expire(mostNanos);
        HttpConnection redirected = other;
        if (redirected != null) {
            redirected.expire(mostNanos);
        }
    }

    /** Like {@link HttpConnection#close}. */
    @Override
    public void close() {
        first.close();
        HttpConnection redirected = other;
        if (redirected != null) {
            redirected.close();
        }
    }

    private HttpResponse follow(HttpRequest request, TimeLimits limits, Runnable meanwhile) throws IOException {
        long timeoutNanos = limits.exchangeNanos();
        long end = System.nanoTime() + timeoutNanos;
        HttpTarget at = target;
        HttpConnection connection = first;
        HttpTarget known = otherTarget;
        if (permanent && known != null && System.nanoTime() - permanentSince < HttpConnection.LIFETIME.toNanos()) {
            at = known;
            connection = to(known);
        }
        HttpResponse response = connection.post(request, limits, meanwhile);
        boolean isPermanent = true;
        int redirect = 0;
        for (int hops = 0; isRedirect(response.status()); hops++) {
            redirect = response.status();
            HttpEndpoint next = next(at.endpoint(), response);
            long left = end - System.nanoTime();
            if (hops == MAX_REDIRECTS) {
                throw new HttpRedirectException(
                        redirect,
                        "answered " + redirect + " after " + MAX_REDIRECTS + " redirects, which points to "
                                + shown(next) + "; expected an endpoint without redirects");
            } else if (left <= 0) {
                throw new SocketTimeoutException(
                        "no answer within " + timeoutNanos / 1_000_000 + " ms, after a redirect to " + shown(next));
            }
            isPermanent &= redirect == 308;
            at = at.redirectedTo(next);
            connection = to(at);
            response = connection.post(request, limits.withExchange(left), () -> {});
            permanentSince = System.nanoTime();
            permanent = isPermanent;
        }
        boolean refused = response.status() >= 400
                && response.status() < 500
                && response.status() != 413
                && response.status() != 415;
        if (refused && target.hasHeadersForServer() && !at.hasHeadersForServer()) {
            throw new HttpRedirectException(
                    redirect == 0 ? 308 : redirect,
                    "redirects to " + shown(at.endpoint()) + ", which answered " + response.status()
                            + " to a request without the headers that are set for the endpoint: "
                            + advice(at.endpoint()));
        }
        return response;
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static HttpEndpoint next(HttpEndpoint from, HttpResponse response) throws HttpRedirectException {
        int status = response.status();
        String location = response.location();
        HttpEndpoint next = location == null ? null : from.resolve(location);
        if (next == null) {
            throw new HttpRedirectException(
                    status,
                    "answered " + status
                            + (location == null
                                    ? " without a Location"
                                    : " with a Location that is not a valid http or https URL"));
        }
        boolean keepsMethod = status == 307 || status == 308;
        boolean downgrade = from.secure() && !next.secure();
        if (!keepsMethod || !(from.isSameOrigin(next) || (from.isSameHost(next) && !from.secure() && next.secure()))) {
            throw new HttpRedirectException(
                    status,
                    "answered " + status + ", which points to " + shown(next)
                            + (downgrade
                                    ? " without TLS: it is not followed; set the endpoint to that if it is intended"
                                    : ": " + advice(next)));
        }
        return next;
    }

    private static String advice(HttpEndpoint endpoint) {
        return endpoint.path().endsWith("/" + HttpEndpoint.TRACKER_PATH)
                ? "set the endpoint to that"
                : "expected a path that ends with " + HttpEndpoint.TRACKER_PATH + "; check the endpoint";
    }

    /** Returns the endpoint as it would be configured. */
    private static String shown(HttpEndpoint endpoint) {
        String whole = endpoint.toString();
        String suffix = "/" + HttpEndpoint.TRACKER_PATH;
        String base = whole.endsWith(suffix) ? whole.substring(0, whole.length() - suffix.length()) : whole;
        return HttpEndpoint.shown(base);
    }

    private HttpConnection to(HttpTarget wanted) {
        HttpConnection open = other;
        if (open != null && wanted.equals(otherTarget)) {
            return open;
        }
        if (open != null) {
            open.close();
        }
        HttpConnection made = new HttpConnection(wanted, lifecycle);
        other = made;
        otherTarget = wanted;
        permanent = false;
        return made;
    }
}
