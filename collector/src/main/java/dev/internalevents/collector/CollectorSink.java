package dev.internalevents.collector;

import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.collector.sink.SinkIdentity;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Opens the sink of a collector, under an id whose numbers are those of the store. */
final class CollectorSink implements SinkFollower.Opener {

    private final EventSinks sinks;
    private final SinkSettings settings;
    private final SinkIdentity identity;
    private final Path folder;
    private final EventSinks.SchemaTexts schemas;

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
        return SinkFollower.start(
                new CollectorSink(EventSinks.find(), sink, new SinkIdentity(whole, spool), whole, schemas::text),
                new SinkFollower.Settings(sink.commitEvery(), sink.commitBytes()));
    }

    @Override
    public SinkFollower.Opened open(long last) {
        SinkIdentity.Id id = identity.now();
        EventSink sink = open(id);
        long place = Math.max(sink.place(), id.start());
        if (place <= last) {
            return new SinkFollower.Opened(sink, place);
        }
        sink.close();
        SinkIdentity.Id next = identity.next(place, last);
        return new SinkFollower.Opened(open(next), next.start());
    }

    private EventSink open(SinkIdentity.Id id) {
        return sinks.open(settings, new EventSinks.Owner(id.id(), host(), folder.toString()), schemas);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
