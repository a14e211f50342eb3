package dev.internalevents.client.legacy;

import dev.internalevents.client.internal.emitter.StructuredEventEmitter;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.client.settings.SnowplowSettings;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.StructuredEvent;
import dev.internalevents.protocol.Tracker;
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

    private static final Tracker TRACKER = new Tracker(
            "gl", "gitlab_ai_gateway", "srv", dev.internalevents.client.InternalEventsClient.TRACKER_VERSION);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int LOGGED_ACTION = 100;

    /** Null for an instrumentator that does nothing. */
    private final @Nullable StructuredEventEmitter emitter;

    private SnowplowInstrumentator(@Nullable StructuredEventEmitter emitter) {
        this.emitter = emitter;
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
        if (!settings.enabled()) {
            return new SnowplowInstrumentator(null);
        }
        URI endpoint = Objects.requireNonNull(settings.endpoint(), "an enabled instrumentator needs an endpoint");
        return new SnowplowInstrumentator(
                StructuredEventEmitter.start(TRACKER, endpoint, settings.batchSize(), settings.threadCount()));
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
            emitter.add(time -> structured(event, time));
        } catch (Throwable e) {
            ForeignCode.caught(e);
            emitter.unusable(event.action(), e);
        }
    }

    private static StructuredEvent structured(SnowplowEvent event, Instant time) {
        String label = event.label();
        SnowplowEventContext context = event.context();
        return new StructuredEvent(
                UUID.randomUUID(),
                time,
                new StructuredEvent.Fields(
                        FieldLimits.cut(event.category(), FieldLimits.CATEGORY),
                        event.action(),
                        label == null ? null : FieldLimits.cut(label, FieldLimits.LABEL),
                        null,
                        Json.copyOf(event.value()) instanceof Number number ? number : null),
                context == null ? Contexts.NONE : Contexts.of(context.toSelfDescribingJson()));
    }

    /** Blocks until no event is queued or in flight or the timeout expires; returns whether none is left. */
    public boolean flush(Duration timeout) {
        return emitter == null || emitter.flush(timeout);
    }

    /** Sends queued events for up to five seconds, then stops. */
    @Override
    public void close() {
        if (emitter != null) {
            long ignored = emitter.close(CLOSE_TIMEOUT);
        }
    }
}
