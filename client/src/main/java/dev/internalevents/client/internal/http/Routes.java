package dev.internalevents.client.internal.http;

import dev.internalevents.client.internal.Lifecycle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The addresses at which a target can be reached, looked up for each connection: all addresses of its name, in the
 * JDK's order, except that the one that worked last comes first, and those that have failed since come last. For one
 * thread, except {@link #cancel}.
 */
final class Routes {

    /**
     * One address to connect to.
     *
     * @param way the kind of address: the server, or a proxy
     */
    record Route(Proxy.Type way, InetSocketAddress address) {

        @Override
        public String toString() {
            String host = address.getAddress().getHostAddress();
            return (way == Proxy.Type.DIRECT ? "" : "proxy ") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                    + address.getPort();
        }
    }

    private final HttpTarget target;
    private final Lifecycle lifecycle;
    private final Set<Route> failed = new LinkedHashSet<>();
    private @Nullable Route worked;
    private volatile @Nullable CompletableFuture<List<Route>> lookup;

    Routes(HttpTarget target, Lifecycle lifecycle) {
        this.target = target;
        this.lifecycle = lifecycle;
    }

    /** Returns the addresses, at least one; blocks until they are known. */
    List<Route> find(long timeoutNanos) throws IOException {
        List<Route> known = isKnownAtOnce() ? lookUp(target) : await(timeoutNanos);
        List<Route> ordered = new ArrayList<>(known);
        failed.retainAll(known);
        ordered.removeAll(failed);
        if (worked != null && ordered.remove(worked)) {
            ordered.add(0, worked);
        }
        ordered.addAll(failed);
        return ordered;
    }

    void worked(Route route) {
        worked = route;
        failed.clear();
    }

    void failed(Route route) {
        failed.remove(route);
        failed.add(route);
    }

    /** Aborts {@link #find} in another thread, even while the system's resolver does not respond. */
    void cancel() {
        CompletableFuture<List<Route>> waiting = lookup;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    private boolean isKnownAtOnce() {
        ProxySelector selector = ProxySelector.getDefault();
        return target.proxy() == null
                && target.endpoint().isAddress()
                && (selector == null || selector.getClass().getName().startsWith("sun."));
    }

    /**
     * Waits for a lookup on another thread, because resolvers and proxy selectors can neither be interrupted nor given
     * a timeout.
     */
    private List<Route> await(long timeoutNanos) throws IOException {
        CompletableFuture<List<Route>> running = lookup;
        if (running == null) {
            running = new CompletableFuture<>();
            lookup = running;
            start(target, running);
        }
        if (lifecycle.isEnded()) {
            running.cancel(false);
        }
        long end = System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    List<Route> found = running.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                    lookup = null;
                    return found;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            // The lookup continues; the next connection waits for the same one.
            throw new SocketTimeoutException(
                    "looking up " + target.endpoint().host() + " took longer than " + timeoutNanos / 1_000_000 + " ms");
        } catch (CancellationException e) {
            throw new IOException(HttpConnection.CLOSED, e);
        } catch (ExecutionException e) {
            lookup = null;
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("looking up " + target.endpoint().host() + " failed: " + e.getCause(), e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void start(HttpTarget target, CompletableFuture<List<Route>> result) {
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        result.complete(lookUp(target));
                    } catch (IOException | RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                "internal-events-lookup",
                0,
                false);
        thread.setDaemon(true);
        thread.start();
    }

    private static List<Route> lookUp(HttpTarget target) throws IOException {
        Set<Route> routes = new LinkedHashSet<>();
        IOException failure = null;
        for (Proxy way : target.ways()) {
            try {
                if (way.address() instanceof InetSocketAddress proxy) {
                    for (InetAddress address : addresses(proxy)) {
                        routes.add(new Route(way.type(), new InetSocketAddress(address, proxy.getPort())));
                    }
                } else {
                    HttpEndpoint endpoint = target.endpoint();
                    for (InetAddress address : addresses(endpoint.host())) {
                        routes.add(
                                new Route(Proxy.Type.DIRECT, new InetSocketAddress(address, endpoint.portOrDefault())));
                    }
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        if (routes.isEmpty()) {
            throw failure == null ? new IOException("there is no route to " + target.endpoint()) : failure;
        }
        return List.copyOf(routes);
    }

    /** Looks up a proxy's name again, so that a DNS change takes effect. */
    private static InetAddress[] addresses(InetSocketAddress proxy) throws IOException {
        try {
            return addresses(proxy.getHostString());
        } catch (IOException e) {
            if (proxy.isUnresolved()) {
                throw e;
            }
            return new InetAddress[] {proxy.getAddress()};
        }
    }

    private static InetAddress[] addresses(String host) throws IOException {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new IOException("the host " + host + " is not known", e);
        }
    }
}
