package dev.internalevents.collector;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.Connections;
import dev.internalevents.collector.http.InvalidRequests;
import dev.internalevents.collector.http.StrictTransport;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Listens on the configured address, with one HTTP server for each processor, and passes requests to {@link Routes}.
 */
final class HttpListener {

    private static final int IDLE_SECONDS = 60;
    private static final long STOP_SECONDS = 5;

    private final List<HttpServer> servers;

    private HttpListener(List<HttpServer> servers) {
        this.servers = servers;
    }

    /** Creates the event loops on which a collector with these settings listens. */
    static Vertx vertx(CollectorSettings settings) {
        CollectorSettings.Limits limits = settings.limits();
        return Vertx.builder()
                .with(new VertxOptions().setUseDaemonThread(true))
                .withTransport(new StrictTransport(
                        new Http1ServerConfig()
                                .setMaxInitialLineLength(limits.lineBytes())
                                .setMaxHeaderSize(limits.headerBytes()),
                        settings.isH2c()))
                .build();
    }

    /**
     * Starts to listen, and blocks until requests are accepted.
     *
     * @throws IllegalArgumentException if the certificate cannot be read
     * @throws IOException if the address cannot be used; the message says what to do
     */
    static HttpListener start(CollectorSettings settings, Vertx vertx, Connections connections, Routes routes)
            throws IOException {
        List<HttpServer> servers = new CopyOnWriteArrayList<>();
        try {
            TlsFiles tls = settings.tls();
            // Before the files are read: what is replaced from here on is noticed.
            TlsRenewal renewal = tls == null ? null : new TlsRenewal(tls, vertx, servers);
            HttpServerOptions options = options(settings, vertx);
            // Servers on the same address share its connections; each runs on its own thread.
            vertx.deployVerticle(
                            () -> new Server(options, connections, routes, servers),
                            new DeploymentOptions()
                                    .setInstances(
                                            Math.max(1, Runtime.getRuntime().availableProcessors())))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            if (renewal != null) {
                renewal.start();
            }
            return new HttpListener(servers);
        } catch (ExecutionException e) {
            throw cannotListen(settings, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting", e);
        }
    }

    /** An HTTP server on one event loop thread. */
    private static final class Server extends VerticleBase {

        private final HttpServerOptions options;
        private final Connections connections;
        private final Routes routes;
        private final List<HttpServer> servers;

        private Server(HttpServerOptions options, Connections connections, Routes routes, List<HttpServer> servers) {
            this.options = options;
            this.connections = connections;
            this.routes = routes;
            this.servers = servers;
        }

        @Override
        public Future<?> start() {
            HttpServer server = vertx.createHttpServer(options)
                    .connectionHandler(connections::add)
                    .invalidRequestHandler(InvalidRequests::answer)
                    .requestHandler(this::handle);
            servers.add(server);
            return server.listen();
        }

        private void handle(HttpServerRequest request) {
            try {
                if (connections.isOver(request.connection())) {
                    request.response().putHeader("Retry-After", "1");
                    Answers.refuse(request, 503, "Too many connections; try again.\n");
                } else {
                    routes.handle(request);
                }
            } catch (IllegalArgumentException e) {
                Answers.text(request, 400, "Bad request: " + e.getMessage() + "\n");
            }
        }
    }

    private static HttpServerOptions options(CollectorSettings settings, Vertx vertx) throws IOException {
        CollectorSettings.Limits limits = settings.limits();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port() == 0 ? freePort(settings.host()) : settings.port())
                .setReuseAddress(true)
                .setMaxInitialLineLength(limits.lineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setIdleTimeout(IDLE_SECONDS)
                .setTcpNoDelay(true)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(false);
        options.getInitialSettings().setMaxHeaderListSize(limits.headerBytes()).setMaxConcurrentStreams(250);
        TlsFiles tls = settings.tls();
        if (tls != null) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setKeyCertOptions(tls.load(vertx).options());
        }
        return options;
    }

    /** Returns a free port. Several servers can share a fixed port, but port 0 would give each its own. */
    private static int freePort(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }

    private static IOException cannotListen(CollectorSettings settings, Throwable cause) {
        String place = settings.host() + ":" + settings.port();
        return cause instanceof BindException
                ? new IOException(
                        "port " + settings.port() + " cannot be used (" + place + ": " + cause.getMessage()
                                + "); stop the program that listens there, or choose another with --port. --host must be"
                                + " an address of this machine, and ports below 1024 need a privilege",
                        cause)
                : new IOException("cannot listen on " + place + ": " + cause, cause);
    }

    int port() {
        return servers.get(0).actualPort();
    }

    /** Stops accepting requests, and waits up to five seconds for those in flight. */
    void shutDown() {
        servers.forEach(server -> await(server.shutdown(Duration.ofSeconds(STOP_SECONDS))));
    }

    /** Waits up to ten seconds for a step of the shutdown. */
    static void await(Future<Void> step) {
        try {
            step.toCompletionStage().toCompletableFuture().get(2 * STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the collector did not shut down cleanly", e);
        }
    }
}
