package dev.internalevents.collector;

import dev.internalevents.collector.dashboard.Dashboard;
import dev.internalevents.collector.dashboard.LiveStream;
import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.http.InvalidRequests;
import dev.internalevents.collector.intake.TrackerRequests;
import dev.internalevents.collector.micro.MicroApi;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.iglu.FolderRegistry;
import dev.internalevents.iglu.Registry;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.Pipeline;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A collector that runs: its address takes tracker requests, answers Micro's API under {@code /micro} and shows the
 * dashboard at {@code /}. Events are kept in memory. Safe for use by several threads; as many as wanted run in one
 * process, each on a port of its own.
 */
public final class Collector implements AutoCloseable {

    private static final int MAX_BODY_BYTES = 8_000_000;
    private static final int MAX_URI_BYTES = 128 * 1024;
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int IDLE_SECONDS = 60;
    private static final long STOP_SECONDS = 5;

    private final Vertx vertx;
    private final HttpServer server;
    private final LiveStream live;
    private final String host;

    private Collector(Vertx vertx, HttpServer server, LiveStream live, String host) {
        this.vertx = vertx;
        this.server = server;
        this.live = live;
        this.host = host;
    }

    /**
     * Starts a collector and blocks until it takes requests.
     *
     * @throws IllegalArgumentException when an Iglu folder is none
     * @throws IOException when it cannot listen, with what to do when the port is taken
     */
    public static Collector start(CollectorSettings settings) throws IOException {
        List<Registry> registries = new ArrayList<>();
        settings.igluFolders().forEach(folder -> registries.add(new FolderRegistry(folder)));
        registries.add(new ShippedRegistry());
        Resolver resolver = new Resolver(registries);
        Runtime runtime = Runtime.getRuntime();
        EventStore store = new EventStore(settings.maxEvents(), runtime.maxMemory() / 4);
        Vertx vertx = Vertx.vertx(new VertxOptions().setUseDaemonThread(true));
        try {
            BodyReader bodies = new BodyReader(MAX_BODY_BYTES, Math.max(2L * MAX_BODY_BYTES, runtime.maxMemory() / 16));
            LiveStream live = new LiveStream(vertx, store);
            Routes routes = new Routes(
                    settings.host(),
                    new TrackerRequests(vertx, bodies, new Pipeline(new SchemaValidator(resolver)), store),
                    new MicroApi(vertx, store, resolver, bodies),
                    new Dashboard(vertx, store),
                    live);
            HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                            .setHost(settings.host())
                            .setPort(settings.port())
                            .setReuseAddress(true)
                            .setMaxInitialLineLength(MAX_URI_BYTES)
                            .setMaxHeaderSize(MAX_HEADER_BYTES)
                            .setIdleTimeout(IDLE_SECONDS)
                            .setHandle100ContinueAutomatically(false))
                    .invalidRequestHandler(InvalidRequests::answer)
                    .requestHandler(request -> {
                        try {
                            routes.handle(request);
                        } catch (IllegalArgumentException e) {
                            Answers.text(request, 400, "Bad request: " + e.getMessage() + "\n");
                        }
                    });
            server.listen().toCompletionStage().toCompletableFuture().get();
            return new Collector(vertx, server, live, settings.host());
        } catch (ExecutionException e) {
            vertx.close();
            throw cannotListen(settings, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            vertx.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting", e);
        }
    }

    public int port() {
        return server.actualPort();
    }

    /** Where trackers send to and people look: {@code http://127.0.0.1:9091}. */
    public String url() {
        return "http://" + host + ":" + port();
    }

    /** Lets the requests that are under way end, for up to five seconds, and stops. A second call does nothing. */
    @Override
    public void close() {
        live.close();
        await(server.shutdown(Duration.ofSeconds(STOP_SECONDS)));
        await(vertx.close());
    }

    private static void await(Future<Void> step) {
        try {
            step.toCompletionStage().toCompletableFuture().get(2 * STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the collector did not stop in order", e);
        }
    }

    private static IOException cannotListen(CollectorSettings settings, Throwable cause) {
        String place = settings.host() + ":" + settings.port();
        return cause instanceof BindException
                ? new IOException(
                        "port " + settings.port() + " cannot be used (" + place + ": " + cause.getMessage()
                                + "); stop the program that listens there, or choose another with --port",
                        cause)
                : new IOException("cannot listen on " + place + ": " + cause, cause);
    }
}
