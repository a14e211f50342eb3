package dev.internalevents.client.internal.http;

import dev.internalevents.client.internal.Lifecycle;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Connects to a target: at one of its addresses, perhaps through a proxy, and with TLS if the endpoint is https. For
 * one thread.
 */
final class Dialer {

    private final HttpTarget target;
    private final Routes routes;
    private final InFlight inFlight;
    private final Lifecycle lifecycle;
    private final long connectNanos;

    Dialer(HttpTarget target, Routes routes, InFlight inFlight, Lifecycle lifecycle) {
        this.target = target;
        this.routes = routes;
        this.inFlight = inFlight;
        this.lifecycle = lifecycle;
        this.connectNanos = nanos(target.connectTimeout());
    }

    /**
     * Tries the addresses one after the other; each gets an equal share of the remaining time.
     *
     * @param mostNanos limit beside the connect timeout
     */
    Line connect(long mostNanos) throws IOException {
        long nanos = Math.min(connectNanos, mostNanos);
        long end = System.nanoTime() + nanos;
        List<Routes.Route> all = routes.find(nanos);
        List<String> failures = new ArrayList<>();
        IOException last = null;
        for (int i = 0; i < all.size(); i++) {
            long left = end - System.nanoTime();
            if (left <= 0 && i > 0) {
                failures.add((all.size() - i) + " more not tried");
                break;
            }
            Routes.Route route = all.get(i);
            long share = Math.max(1_000_000, left / (all.size() - i));
            inFlight.begin(share);
            try {
                return open(route, share);
            } catch (IOException e) {
                boolean late = inFlight.isExpired() || e instanceof SocketTimeoutException;
                inFlight.abort();
                inFlight.use(null);
                if (lifecycle.isEnded()) {
                    throw e;
                }
                routes.failed(route);
                failures.add(route + " ("
                        + (late ? "no connection within " + share / 1_000_000 + " ms" : ConnectionFailure.words(e))
                        + ")");
                last = e;
            }
        }
        IOException failure = new ConnectException(String.join(", ", failures));
        failure.initCause(last);
        throw failure;
    }

    private Line open(Routes.Route route, long nanos) throws IOException {
        Socket plain = route.way() == Proxy.Type.SOCKS
                ? new Socket(new Proxy(Proxy.Type.SOCKS, route.address()))
                : new Socket(Proxy.NO_PROXY);
        // Requests are aborted by closing the plain socket: closing a TLS socket waits for a thread that writes to it.
        inFlight.use(plain);
        if (lifecycle.isEnded()) {
            throw new IOException(HttpConnection.CLOSED);
        }
        plain.setTcpNoDelay(true);
        plain.setKeepAlive(true);
        HttpEndpoint endpoint = target.endpoint();
        plain.connect(
                route.way() == Proxy.Type.SOCKS
                        ? InetSocketAddress.createUnresolved(endpoint.host(), endpoint.portOrDefault())
                        : route.address(),
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, nanos / 1_000_000)));
        if (!endpoint.secure()) {
            return new Line(target, route, plain, plain);
        }
        if (route.way() == Proxy.Type.HTTP) {
            tunnel(plain);
        }
        return new Line(target, route, plain, secure(plain, endpoint));
    }

    private void tunnel(Socket plain) throws IOException {
        plain.getOutputStream().write(target.connect());
        ResponseReader reader = new ResponseReader(plain.getInputStream());
        int status = reader.status();
        if (status == 407) {
            throw new IOException("it answered 407 to CONNECT; expected a valid user name and password for it");
        } else if (status < 200 || status > 299) {
            throw new IOException("it answered " + status + " to CONNECT");
        }
        reader.rest(status, false);
        if (reader.hasMore()) {
            throw new IOException("it sent data before the tunnel was used");
        }
    }

    private SSLSocket secure(Socket plain, HttpEndpoint endpoint) throws IOException {
        SSLSocketFactory factory = target.tls() == null
                ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : target.tls().getSocketFactory();
        SSLSocket secure =
                (SSLSocket) factory.createSocket(plain, endpoint.hostWithoutZone(), endpoint.portOrDefault(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE / 4;
        }
    }
}
