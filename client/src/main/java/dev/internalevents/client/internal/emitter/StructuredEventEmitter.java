package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.StructuredEvent;
import dev.internalevents.protocol.Tracker;
import dev.internalevents.protocol.ValueCopy;
import dev.internalevents.spool.SpoolSettings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends structured events of another tracker, with an emitter of its own: all that the module {@code client-legacy}
 * needs of this package. Safe for use by several threads.
 */
public final class StructuredEventEmitter {

    private static final long FIXED_WEIGHT = 2_048;

    private final Emitter emitter;
    private final Tracker tracker;

    private StructuredEventEmitter(Emitter emitter, Tracker tracker) {
        this.emitter = emitter;
        this.tracker = tracker;
    }

    /** Starts an emitter with defaults for everything else. */
    public static StructuredEventEmitter start(Tracker tracker, URI endpoint, int batchSize, int threadCount) {
        EmitterSettings settings = new EmitterSettings(
                EventKind.INTERNAL,
                new EmitterSettings.Destination(List.of(endpoint), Map.of(), null, null),
                EmitterSettings.Batching.of(
                        batchSize, EmitterSettings.DEFAULT_MAX_REQUEST_BYTES, EmitterSettings.DEFAULT_LINGER),
                new EmitterSettings.Delivery(
                        threadCount,
                        EmitterSettings.DEFAULT_CONNECT_TIMEOUT,
                        EmitterSettings.DEFAULT_READ_TIMEOUT,
                        Compression.NONE,
                        EmitterSettings.DEFAULT_BACK_OFF,
                        GiveUp.DEFAULT),
                new EmitterSettings.Queue(
                        EmitterSettings.DEFAULT_QUEUE_CAPACITY,
                        EmitterSettings.DEFAULT_QUEUE_BYTES,
                        null,
                        SpoolSettings.DEFAULTS,
                        WhenFull.dropNewest()),
                DeliveryListener.NONE);
        return new StructuredEventEmitter(Emitter.start(settings), tracker);
    }

    /**
     * Queues an event. Does not block.
     *
     * @param event makes the event, given the time at which it is tracked; what it throws is passed on
     */
    public void add(Function<Instant, StructuredEvent> event) {
        long now = System.nanoTime();
        emitter.add(new Queued(
                tracker, now, event.apply(Instant.ofEpochMilli(WallClock.at(now).millis(now)))));
    }

    /** Counts an event that could not be created. */
    public void unusable(String name, Throwable cause) {
        emitter.unusable(name, cause);
    }

    /** Blocks until no event is queued or in flight or the timeout expires; returns whether none is left. */
    public boolean flush(Duration timeout) {
        return emitter.flush(timeout);
    }

    /** Sends queued events for up to the timeout, then stops; returns how many events were left. */
    public long close(Duration timeout) {
        return emitter.close(timeout);
    }

    private record Queued(Tracker tracker, long trackedAtNanos, StructuredEvent event) implements OutgoingEvent {

        @Override
        public String name() {
            return event.fields().action();
        }

        @Override
        public int weight() {
            long sum = FIXED_WEIGHT
                    + event.fields().category().length()
                    + event.fields().action().length()
                    + length(event.fields().label())
                    + length(event.fields().property());
            for (SelfDescribingJson context : event.contexts().list()) {
                sum += ValueCopy.bytes(context.data());
            }
            return (int) Math.min(Integer.MAX_VALUE, sum);
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }

        @Override
        public boolean isLargerThan(int bytes) {
            return event.openSize(tracker, bytes) > bytes;
        }

        @Override
        public void writeOpenTo(JsonWriter out, JsonWriter scratch) {
            event.writeOpenTo(out, tracker);
        }
    }
}
