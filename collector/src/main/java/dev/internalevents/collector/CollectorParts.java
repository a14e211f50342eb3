package dev.internalevents.collector;

import dev.internalevents.collector.backup.BackupRequests;
import dev.internalevents.collector.backup.Backups;
import dev.internalevents.collector.dashboard.Dashboard;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.http.Connections;
import dev.internalevents.collector.intake.ClientAddress;
import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.intake.RateLimits;
import dev.internalevents.collector.intake.TrackerRequests;
import dev.internalevents.collector.micro.DictionaryApi;
import dev.internalevents.collector.micro.LiveStream;
import dev.internalevents.collector.micro.MicroApi;
import dev.internalevents.collector.micro.ResetEvents;
import dev.internalevents.collector.micro.SchemaRequests;
import dev.internalevents.collector.monitoring.EventMetrics;
import dev.internalevents.collector.monitoring.HostMetrics;
import dev.internalevents.collector.monitoring.MetricsPage;
import dev.internalevents.collector.monitoring.RequestMetrics;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.ForgetRequests;
import dev.internalevents.collector.operation.Health;
import dev.internalevents.collector.operation.RetryRequests;
import dev.internalevents.collector.operation.Role;
import dev.internalevents.collector.output.ExportStream;
import dev.internalevents.collector.processing.IntakeLoad;
import dev.internalevents.collector.processing.Losses;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.Retainer;
import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.collector.query.QueryBodies;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.sink.SinkFollower;
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
import dev.internalevents.spool.Spool;
import dev.internalevents.store.EventOutput;
import dev.internalevents.store.RawRequests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The running parts of a collector, made from its settings and connected with each other; all except the listener. */
final class CollectorParts implements AutoCloseable {

    private static final long MEMORY_OF_A_THREAD = 128 << 20;

    private final Storage storage;
    private final @Nullable EventOutput output;
    private final Processing processing;
    private final Serving serving;

    /** The parts from the spool to the store. */
    private record Processing(
            Processor processor,
            Intake intake,
            Resolver resolver,
            @Nullable StoredCounts counts,
            @Nullable ServicePingSchedule schedule) {}

    /** The parts that answer requests. */
    private record Serving(StoreQueries queries, LiveStream live, Connections connections, Routes routes) {}

    private CollectorParts(Storage storage, @Nullable EventOutput output, Processing processing, Serving serving) {
        this.storage = storage;
        this.output = output;
        this.processing = processing;
        this.serving = serving;
    }

    static CollectorParts start(CollectorSettings settings, Storage storage, Vertx vertx) {
        Processing processing = processing(settings, storage);
        Serving serving = serving(settings, storage.spool(), vertx, processing);
        return new CollectorParts(storage, settings.output(), processing, serving);
    }

    // From the spool to the store

    private static Processing processing(CollectorSettings settings, Storage storage) {
        List<Registry> registries = new ArrayList<>(settings.registries());
        registries.add(new ShippedRegistry());
        Resolver resolver = new Resolver(registries);
        SchemaValidator validator = new SchemaValidator(resolver);
        PseudonymSettings pseudonyms = settings.pipeline().pseudonyms();
        Path folder = settings.folder();
        IntakeLoad load = new IntakeLoad();
        StoredCounts counts = counts(settings, storage.spool());
        SinkFollower sink = CollectorSink.start(settings, storage.spool().id(), validator);
        Processor processor = Processor.start(
                storage.spool(),
                new Pipeline(validator, settings.pipeline()),
                () -> CollectorSink.opened(settings, storage.spool().id(), storage.openStore(validator::fields)),
                new Processor.Settings(
                        new Processor.Rules(
                                settings.dedupWindow(),
                                settings.repeats(),
                                settings.readYourWrites() ? Processor.SHORT_WAIT : Processor.LONG_WAIT),
                        new Processor.Followers(
                                new Retainer(folder, settings.retention(), sink),
                                new Losses(folder, storage.spool()),
                                counts,
                                settings.output(),
                                sink),
                        RawRequests.sealedBy(pseudonyms == null ? null : pseudonyms.key()),
                        load,
                        threads()));
        URI pingUrl = settings.servicePingUrl();
        ServicePingSchedule schedule = counts == null || pingUrl == null || folder == null
                ? null
                : ServicePingSchedule.start(counts.servicePing(), pingUrl, folder.resolve("service-ping-sent"));
        return new Processing(processor, new Intake(storage.spool(), processor, load), resolver, counts, schedule);
    }

    private static @Nullable StoredCounts counts(CollectorSettings settings, Spool spool) {
        Dictionary dictionary = settings.dictionary();
        Path folder = settings.folder();
        return dictionary == null
                ? null
                : new StoredCounts(dictionary, folder == null ? null : folder.resolve("counters"), installation(spool));
    }

    /** Identifies this installation by the spool's id, which stays the same as long as the folder exists. */
    private static Installation installation(Spool spool) {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return new Installation(spool.id(), host, ProductVersion.CURRENT, "jvm", "CE");
    }

    /** Returns the number of processors, or fewer if memory does not suffice for that many large requests at once. */
    private static int threads() {
        long fit = Runtime.getRuntime().maxMemory() / MEMORY_OF_A_THREAD;
        return (int) Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), fit));
    }

    // Requests

    private static Serving serving(CollectorSettings settings, Spool spool, Vertx vertx, Processing processing) {
        StoredCounts counts = processing.counts();
        BodyReader bodies = bodies(settings.limits(), vertx);
        Connections connections = new Connections(settings.limits().connections());
        ClientAddress addresses = settings.addresses();
        Access access = new Access(settings.accessSettings(), addresses::of, bodies);
        RateLimits rates = new RateLimits(settings.requestsPerSecond(), System::nanoTime);
        RouteCheck check = new RouteCheck(settings.routeRules(), access, settings.fetchMetadata());
        PrometheusRegistry metrics = new PrometheusRegistry();
        RequestMetrics requests = new RequestMetrics(metrics);
        EventMetrics.register(metrics, processing.intake(), processing.processor());
        HostMetrics.register(
                metrics,
                new HostMetrics.Sources(
                        connections::open,
                        rates::refused,
                        counts == null ? 0 : counts.dictionary().filesLeftOut().size(),
                        settings.folder(),
                        settings.registries()));
        StoreQueries queries = new StoreQueries(
                vertx,
                processing.processor(),
                settings.readYourWrites(),
                settings.isCompatMicro(),
                settings.readTime());
        QueryBodies queryBodies = new QueryBodies(bodies);
        LiveStream live = LiveStream.start(vertx, queries, request -> {
            boolean isAdmin = access.role(request) == Role.ADMIN;
            return new LiveStream.Rights(isAdmin, isAdmin && settings.isResetAllowed());
        });
        Handlers handlers = new Handlers(
                access,
                new Dashboard(),
                new Handlers.Monitoring(
                        new Health(processing.intake(), processing.processor(), check::mayRead),
                        new MetricsPage(vertx, metrics)),
                new Handlers.Micro(
                        new MicroApi(queries, queryBodies),
                        new SchemaRequests(vertx, processing.resolver()),
                        new DictionaryApi(queries, counts),
                        new ResetEvents(queries, settings.resetRules(), access::caller),
                        live),
                operators(settings, spool, processing, queries, queryBodies, access::caller));
        TrackerRequests trackers = new TrackerRequests(
                bodies,
                processing.intake(),
                addresses,
                new IpAnonymization(settings.pipeline().anonymizedIpParts()),
                rates,
                settings.pipeline().redirects());
        return new Serving(queries, live, connections, new Routes(trackers, check, handlers, requests));
    }

    private static BodyReader bodies(CollectorSettings.Limits limits, Vertx vertx) {
        return BodyReader.start(
                vertx,
                limits.bodyBytes(),
                limits.bodyEvents(),
                Math.max(2L * limits.bodyBytes(), Runtime.getRuntime().maxMemory() / 32),
                limits.bodyTime());
    }

    private static Handlers.Operators operators(
            CollectorSettings settings,
            Spool spool,
            Processing processing,
            StoreQueries queries,
            QueryBodies bodies,
            Function<HttpServerRequest, String> caller) {
        Path folder = settings.folder();
        StoredCounts counts = processing.counts();
        Backups backups = folder == null ? null : new Backups(folder, spool, counts, Backups.FreeSpace.OF_DISK);
        return new Handlers.Operators(
                new RetryRequests(queries, processing.processor().failedRetry()),
                new BackupRequests(queries, backups, caller),
                new ForgetRequests(queries, bodies, spool, settings.pipeline().pseudonyms(), counts, caller),
                new ExportStream(queries));
    }

    Processor processor() {
        return processing.processor();
    }

    Connections connections() {
        return serving.connections();
    }

    Routes routes() {
        return serving.routes();
    }

    /**
     * Rejects tracker requests from now on, and ends the live streams, which would delay the shutdown of the listener.
     */
    void stopAccepting() {
        processing.intake().stop();
        serving.live().close();
    }

    /** Drains the spool and closes everything, the storage too. To be called once no request is being answered. */
    @Override
    public void close() {
        ServicePingSchedule schedule = processing.schedule();
        if (schedule != null) {
            schedule.close();
        }
        processing.processor().close();
        SinkFollower sink = processing.processor().sink();
        if (sink != null) {
            sink.close();
        }
        serving.queries().close();
        storage.close();
        if (output != null) {
            try {
                output.close();
            } catch (Exception e) {
                throw new IllegalStateException("the output could not be closed", e);
            }
        }
    }
}
