package dev.internalevents.client.legacy;

import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.EmitterSettings;
import dev.internalevents.client.internal.emitter.OutgoingEvent;
import dev.internalevents.client.internal.emitter.WallClock;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.client.settings.SnowplowSettings;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.StructuredEvent;
import dev.internalevents.protocol.Tracker;
import dev.internalevents.protocol.ValueCopy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sends Code Suggestions events, with its own settings ({@code AIGW_SNOWPLOW__…}) and the same delivery as
 * {@link dev.internalevents.client.InternalEventsClient}. Does nothing if disabled. Safe for use by several threads.
 *
 * @deprecated use {@link dev.internalevents.client.InternalEventsClient}; see
 *     docs/migrating-from-snowplow-instrumentator.md
 */
@Deprecated
public final class SnowplowInstrumentator implements AutoCloseable {

    private static final int LOGGED_ACTION = 100;

    private final @Nullable Emitter emitter;
    private final Tracker tracker;

    private SnowplowInstrumentator(@Nullable Emitter emitter, Tracker tracker) {
        this.emitter = emitter;
        this.tracker = tracker;
    }

    /**
     * Returns an instrumentator with the settings {@code PREFIX_SNOWPLOW__…} from the environment and the file
     * {@code .env}.
     *
     * @throws SettingsException naming every invalid variable
     */
    public static SnowplowInstrumentator fromEnvironment(String prefix) {
        return fromSettings(SnowplowSettings.read(Settings.load(prefix)));
    }

    /** Returns an instrumentator with the given settings; it starts threads only if they are enabled. */
    public static SnowplowInstrumentator fromSettings(SnowplowSettings settings) {
        Tracker tracker = new Tracker(
                "gl", "gitlab_ai_gateway", "srv", dev.internalevents.client.InternalEventsClient.TRACKER_VERSION);
        if (!settings.enabled()) {
            return new SnowplowInstrumentator(null, tracker);
        }
        URI endpoint = Objects.requireNonNull(settings.endpoint(), "an enabled instrumentator needs an endpoint");
        return new SnowplowInstrumentator(
                Emitter.start(EmitterSettings.builder(endpoint)
                        .batchSize(settings.batchSize())
                        .threadCount(settings.threadCount())
                        .build()),
                tracker);
    }

    /**
     * Tracks the event, unless it is null. Never blocks and never throws, whether or not the event is delivered. The
     * category is cut to 1,000 characters and the label to 4,096; an event whose action is blank or longer than 1,000
     * is dropped and logged.
     */
    public void watch(@Nullable SnowplowEvent event) {
        if (emitter == null || event == null) {
            return;
        }
        try {
            if (event.action().isBlank() || !FieldLimits.fits(event.action(), FieldLimits.ACTION)) {
                emitter.unusable(
                        FieldLimits.cut(event.action(), LOGGED_ACTION),
                        new IllegalArgumentException(
                                "the action is blank or has more than " + FieldLimits.ACTION + " characters"));
                return;
            }
            SnowplowEventContext context = event.context();
            long now = System.nanoTime();
            emitter.add(new WatchedEvent(
                    tracker,
                    UUID.randomUUID(),
                    now,
                    WallClock.at(now),
                    event,
                    Json.copyOf(event.value()) instanceof Number number ? number : null,
                    context == null ? Contexts.NONE : Contexts.of(context.toSelfDescribingJson())));
        } catch (Throwable e) {
            ForeignCode.caught(e);
            emitter.unusable(event.action(), e);
        }
    }

    /** Blocks until no event is queued or in flight or the timeout expires; returns whether none is left. */
    public boolean flush(Duration timeout) {
        return emitter == null || emitter.flush(timeout);
    }

    /** Sends queued events for up to five seconds, then stops. */
    @Override
    public void close() {
        if (emitter != null) {
            emitter.close(Duration.ofSeconds(5));
        }
    }

    private record WatchedEvent(
            Tracker tracker,
            UUID id,
            long trackedAtNanos,
            WallClock clock,
            SnowplowEvent event,
            @Nullable Number value,
            Contexts contexts)
            implements OutgoingEvent {

        @Override
        public String name() {
            return event.action();
        }

        @Override
        public int weight() {
            String label = event.label();
            long sum =
                    2_048L + event.category().length() + event.action().length() + (label == null ? 0 : label.length());
            for (SelfDescribingJson context : contexts.list()) {
                sum += ValueCopy.bytes(context.data());
            }
            return (int) Math.min(Integer.MAX_VALUE, sum);
        }

        @Override
        public void writeOpenTo(JsonWriter out, JsonWriter scratch) {
            String label = event.label();
            new StructuredEvent(
                            id,
                            Instant.ofEpochMilli(clock.millis(trackedAtNanos)),
                            FieldLimits.cut(event.category(), FieldLimits.CATEGORY),
                            event.action(),
                            label == null ? null : FieldLimits.cut(label, FieldLimits.LABEL),
                            null,
                            value,
                            contexts)
                    .writeOpenTo(out, tracker);
        }
    }
}
