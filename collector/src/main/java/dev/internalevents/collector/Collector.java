package dev.internalevents.collector;

import dev.internalevents.collector.backup.Backups;
import dev.internalevents.collector.dashboard.Dashboard;
import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.http.Connections;
import dev.internalevents.collector.http.InvalidRequests;
import dev.internalevents.collector.http.StrictTransport;
import dev.internalevents.collector.intake.ClientAddress;
import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.intake.RateLimits;
import dev.internalevents.collector.intake.TrackerRequests;
import dev.internalevents.collector.micro.BackupRequests;
import dev.internalevents.collector.micro.FailedEvents;
import dev.internalevents.collector.micro.ForgetRequests;
import dev.internalevents.collector.micro.LiveStream;
import dev.internalevents.collector.micro.MicroApi;
import dev.internalevents.collector.micro.ResetEvents;
import dev.internalevents.collector.micro.Stores;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.Operation;
import dev.internalevents.collector.processing.IntakeLoad;
import dev.internalevents.collector.processing.Losses;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.Retainer;
import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.iglu.Registry;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.metrics.ping.Installation;
import dev.internalevents.metrics.ping.ServicePingSchedule;
import dev.internalevents.pipeline.IpAnonymization;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.PseudonymSettings;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.RawRequests;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running collector. It accepts tracker requests, serves Micro's API under {@code /micro} and redirects {@code /} to the
 * dashboard. Thread-safe. Any number can run in one process, each on its own port.
 */
public final class Collector implements AutoCloseable {

    private static final int IDLE_SECONDS = 60;
    private static final long STOP_SECONDS = 5;
    private static final long MEMORY_OF_A_THREAD = 128 << 20;

    private final CollectorSettings settings;
    private final Storage storage;
    private final Vertx vertx;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final Processor processor;
    private final Intake intake;
    private final Stores stores;
    private final LiveStream live;
    private final @Nullable ServicePingSchedule schedule;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Collector(CollectorSettings settings, Storage storage, Vertx vertx) throws IOException {
        this.settings = settings;
        this.storage = storage;
        this.vertx = vertx;
        List<Registry> registries = new ArrayList<>(settings.registries());
        registries.add(new ShippedRegistry());
        Resolver resolver = new Resolver(registries);
        SchemaValidator validator = new SchemaValidator(resolver);
        Pipeline pipeline = new Pipeline(validator, settings.pipeline());
        PseudonymSettings pseudonyms = settings.pipeline().pseudonyms();
        RawRequests requests = RawRequests.sealedBy(pseudonyms == null ? null : pseudonyms.key());
        int processors = Runtime.getRuntime().availableProcessors();
        IntakeLoad load = new IntakeLoad();
        Dictionary dictionary = settings.dictionary();
        Path folder = settings.folder();
        StoredCounts counts = dictionary == null
                ? null
                : new StoredCounts(
                        dictionary, folder == null ? null : folder.resolve("counters"), installation(storage));
        this.processor = new Processor(
                storage.spool(),
                pipeline,
                () -> storage.openStore(validator::fields),
                new Processor.Settings(
                        settings.dedupWindow(),
                        new Retainer(folder, settings.retention()),
                        threads(processors),
                        settings.output(),
                        requests,
                        load,
                        counts,
                        new Losses(folder, storage.spool()),
                        settings.repeats(),
                        settings.readYourWrites() ? Processor.SHORT_WAIT : Processor.LONG_WAIT));
        URI pingUrl = settings.servicePingUrl();
        this.schedule = counts == null || pingUrl == null || folder == null
                ? null
                : ServicePingSchedule.start(counts.servicePing(), pingUrl, folder.resolve("service-ping-sent"));
        this.intake = new Intake(storage.spool(), processor, load);
        this.stores = new Stores(vertx, processor, settings.readYourWrites(), settings.isCompatMicro());
        this.live = new LiveStream(vertx, stores);
        listen(resolver, counts, processors);
    }

    /**
     * Starts a collector and blocks until it accepts requests. The store may still be opening at that point.
     *
     * @throws IllegalArgumentException if the folder contains something else or the certificate cannot be read; the message
     *     names the setting
     * @throws IOException if it cannot listen or cannot use its folder; the message says what to do
     */
    public static Collector start(CollectorSettings settings) throws IOException {
        Storage storage = Storage.open(settings);
        CollectorSettings.Limits limits = settings.limits();
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions().setUseDaemonThread(true))
                .withTransport(new StrictTransport(
                        new Http1ServerConfig()
                                .setMaxInitialLineLength(limits.lineBytes())
                                .setMaxHeaderSize(limits.headerBytes()),
                        settings.isH2c()))
                .build();
        try {
            return new Collector(settings, storage, vertx);
        } catch (IOException | RuntimeException e) {
            vertx.close();
            storage.close();
            throw e;
        }
    }

    private void listen(Resolver resolver, @Nullable StoredCounts counts, int processors) throws IOException {
        CollectorSettings.Limits limits = settings.limits();
        BodyReader bodies = new BodyReader(
                vertx,
                limits.bodyBytes(),
                limits.bodyEvents(),
                Math.max(2L * limits.bodyBytes(), Runtime.getRuntime().maxMemory() / 32),
                limits.bodyTime());
        Connections connections = new Connections(limits.connections());
        ClientAddress addresses = settings.addresses();
        Function<HttpServerRequest, String> address = addresses::of;
        Access access = new Access(settings.accessSettings(), address);
        RateLimits rates = new RateLimits(settings.requestsPerSecond(), System::nanoTime);
        Routes routes = new Routes(
                new TrackerRequests(
                        bodies,
                        intake,
                        addresses,
                        new IpAnonymization(settings.pipeline().anonymizedIpParts()),
                        rates,
                        settings.pipeline().redirects()),
                new MicroApi(
                        stores,
                        resolver,
                        bodies,
                        new FailedEvents(stores, processor.failedRetry()),
                        new ResetEvents(stores, settings.resetRules(), access::caller),
                        new BackupRequests(stores, backups(counts), access::caller),
                        forgetRequests(counts, access::caller),
                        counts),
                new Dashboard(),
                live,
                access,
                new RouteCheck(settings.routeRules(), access, settings.fetchMetadata()),
                new Operation(
                        intake,
                        processor,
                        connections::open,
                        rates::refused,
                        counts == null ? 0 : counts.dictionary().filesLeftOut().size()),
                bodies);
        try {
            HttpServerOptions options = options();
            // Servers on the same address share its connections; each runs on its own thread.
            vertx.deployVerticle(
                            () -> new Server(options, connections, routes),
                            new DeploymentOptions().setInstances(Math.max(1, processors)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            closeParts();
            throw cannotListen(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            closeParts();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting", e);
        }
    }

    private ForgetRequests forgetRequests(@Nullable StoredCounts counts, Function<HttpServerRequest, String> caller) {
        PseudonymSettings pseudonyms = settings.pipeline().pseudonyms();
        RawRequests requests = RawRequests.sealedBy(pseudonyms == null ? null : pseudonyms.key());
        return new ForgetRequests(stores, storage.spool(), requests, pseudonyms, counts, caller);
    }

    private @Nullable Backups backups(@Nullable StoredCounts counts) {
        Path folder = settings.folder();
        return folder == null ? null : new Backups(folder, storage.spool(), counts, Backups.FreeSpace.OF_DISK);
    }

    /** Returns the number of processors, or fewer if memory does not suffice for that many large requests at once. */
    private static int threads(int processors) {
        long fit = Runtime.getRuntime().maxMemory() / MEMORY_OF_A_THREAD;
        return (int) Math.max(1, Math.min(processors, fit));
    }

    /** An HTTP server on one event loop thread. */
    private final class Server extends VerticleBase {

        private final HttpServerOptions options;
        private final Connections connections;
        private final Routes routes;

        private Server(HttpServerOptions options, Connections connections, Routes routes) {
            this.options = options;
            this.connections = connections;
            this.routes = routes;
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

    /** Returns a free port. Several servers can share a fixed port, but port 0 would give each its own. */
    private int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(settings.host()))) {
            return socket.getLocalPort();
        }
    }

    private HttpServerOptions options() throws IOException {
        CollectorSettings.Limits limits = settings.limits();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port() == 0 ? freePort() : settings.port())
                .setReuseAddress(true)
                .setMaxInitialLineLength(limits.lineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setIdleTimeout(IDLE_SECONDS)
                .setTcpNoDelay(true)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(false);
        options.getInitialSettings().setMaxHeaderListSize(limits.headerBytes()).setMaxConcurrentStreams(250);
        Path tls = settings.tlsFile();
        if (tls != null) {
            if (!Files.isReadable(tls)) {
                throw new IllegalArgumentException(
                        "tls: " + tls + " cannot be read; expected a PKCS12 file with key and certificate");
            }
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setKeyCertOptions(new PfxOptions().setPath(tls.toString()).setPassword(settings.tlsPassword()));
        }
        return options;
    }

    public int port() {
        return servers.get(0).actualPort();
    }

    /** Returns the address of the tracker endpoints and the dashboard, such as {@code http://127.0.0.1:9091}. */
    public String url() {
        return (settings.tlsFile() == null ? "http://" : "https://") + settings.host() + ":" + port();
    }

    /** Returns the store for reading. Blocks until it is open. */
    public EventStore store() {
        return processor.store().join();
    }

    /** Returns the processor, which counts the received requests and their outcome. */
    public Processor processor() {
        return processor;
    }

    /** Returns for example {@code Collector http://127.0.0.1:9091}. */
    @Override
    public String toString() {
        return "Collector " + url();
    }

    /**
     * Shuts down gracefully: stops accepting requests, waits up to five seconds for requests in flight, drains the spool for
     * up to thirty seconds, and closes. A second call does nothing.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        intake.stop();
        live.close();
        servers.forEach(server -> await(server.shutdown(Duration.ofSeconds(STOP_SECONDS))));
        closeParts();
        await(vertx.close());
    }

    /** Identifies this installation by the spool's id, which stays the same as long as the folder exists. */
    private static Installation installation(Storage storage) {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return new Installation(storage.spool().id(), host, ProductVersion.CURRENT, "jvm", "CE");
    }

    private void closeParts() {
        if (schedule != null) {
            schedule.close();
        }
        processor.close();
        stores.close();
        storage.close();
        EventOutput output = settings.output();
        if (output != null) {
            try {
                output.close();
            } catch (Exception e) {
                throw new IllegalStateException("the output could not be closed", e);
            }
        }
    }

    private static void await(Future<Void> step) {
        try {
            step.toCompletionStage().toCompletableFuture().get(2 * STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the collector did not shut down cleanly", e);
        }
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private IOException cannotListen(Throwable cause) {
        String place = settings.host() + ":" + settings.port();
        if (settings.tlsFile() != null && !(cause instanceof BindException)) {
            return new IOException(
                    "--tls: " + settings.tlsFile() + " cannot be used (" + reason(cause)
                            + "); expected a PKCS12 file with key and certificate, and its password in"
                            + " INTERNAL_EVENTS_TLS_PASSWORD",
                    cause);
        }
        return cause instanceof BindException
                ? new IOException(
                        "port " + settings.port() + " cannot be used (" + place + ": " + cause.getMessage()
                                + "); stop the program that listens there, or choose another with --port. --host must be"
                                + " an address of this machine, and ports below 1024 need a privilege",
                        cause)
                : new IOException("cannot listen on " + place + ": " + cause, cause);
    }
}
