package dev.internalevents.collector;

import dev.internalevents.collector.sink.PendingForgets;
import dev.internalevents.collector.sink.RetriedEvents;
import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.collector.sink.SinkIdentity;
import dev.internalevents.collector.sink.SinkMaintainer;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkMaintenance;
import dev.internalevents.store.SinkSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the sink of a collector, under an id whose numbers are those of the store. */
final class CollectorSink implements SinkFollower.Opener, SinkMaintainer.Opener {

    private static final Logger LOG = LoggerFactory.getLogger(CollectorSink.class);

    private final EventSinks sinks;
    private final SinkSettings settings;
    private final SinkIdentity identity;
    private final Path folder;
    private final EventSinks.SchemaTexts schemas;
    private final UUID process = UUID.randomUUID();
    private long unrecorded = Long.MAX_VALUE;

    private CollectorSink(
            EventSinks sinks,
            SinkSettings settings,
            SinkIdentity identity,
            Path folder,
            EventSinks.SchemaTexts schemas) {
        this.sinks = sinks;
        this.settings = settings;
        this.identity = identity;
        this.folder = folder;
        this.schemas = schemas;
    }

    /**
     * Starts what writes to the sink of these settings; returns null if they have none.
     *
     * @throws dev.internalevents.store.SinkException if no implementation is on the class path
     */
    static @Nullable SinkFollower start(CollectorSettings settings, UUID spool, SchemaValidator schemas) {
        SinkSettings sink = settings.sink();
        Path folder = settings.folder();
        if (sink == null || folder == null) {
            return null;
        }
        Path whole = folder.toAbsolutePath().normalize();
        CollectorSink opener =
                new CollectorSink(EventSinks.find(), sink, new SinkIdentity(whole, spool), whole, schemas::text);
        return SinkFollower.start(
                opener,
                new SinkFollower.Settings(sink.commitEvery(), sink.commitBytes()),
                new RetriedEvents(whole),
                opener.sinks.isMaintained(sink) ? new SinkMaintainer.Care(opener, new PendingForgets(whole)) : null);
    }

    /** Records the last number of a store that was opened without a sink, if the folder was used with one before. */
    static EventStore opened(CollectorSettings settings, UUID spool, EventStore store) {
        Path folder = settings.folder();
        if (settings.sink() == null && folder != null) {
            SinkIdentity identity = new SinkIdentity(folder.toAbsolutePath().normalize(), spool);
            if (identity.isUsed()) {
                record(identity, store.summary(null).last());
            }
        }
        return store;
    }

    private static void record(SinkIdentity identity, long last) {
        try {
            identity.opened(last);
        } catch (SinkException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    @Override
    public void storeOpened(long last) {
        synchronized (this) {
            unrecorded = Math.min(unrecorded, last);
        }
        record(identity, last);
    }

    @Override
    public SinkFollower.Opened open(long attempted) {
        synchronized (this) {
            identity.opened(Math.min(unrecorded, attempted));
            unrecorded = Long.MAX_VALUE;
        }
        identity.claiming(process);
        SinkIdentity.Id id = identity.now();
        EventSink sink = open(id.id(), id);
        identity.claimed(process);
        long place = sink.place();
        if (place <= id.limit()) {
            identity.compared(id);
            return new SinkFollower.Opened(sink, place);
        }
        sink.close();
        UUID next = UUID.randomUUID();
        EventSink renamed = open(next, id);
        try {
            // Only this sink begins there; another one, which is empty, begins at the first stored event.
            renamed.commit(id.limit());
            identity.change(next, place, id.limit());
            return new SinkFollower.Opened(renamed, id.limit());
        } catch (SinkException e) {
            renamed.close();
            throw e;
        }
    }

    private EventSink open(UUID id, SinkIdentity.Id claimed) {
        return sinks.open(settings, owner(id, claimed), schemas);
    }

    private EventSinks.Owner owner(UUID id, SinkIdentity.Id claimed) {
        return new EventSinks.Owner(id, host(), folder.toString(), process, claimed.writers());
    }

    @Override
    public Optional<SinkMaintenance> open(BooleanSupplier stopping) {
        SinkIdentity.Id id = identity.now();
        return sinks.maintenance(settings, owner(id.id(), id), stopping);
    }

    @Override
    public UUID collector() {
        return identity.now().id();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
