package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The step that makes retries harmless: an event that was seen before is dropped; one that has the id of another gets an
 * id of its own, from where it stands, and a {@code duplicate} context with the id that it came with.
 */
public final class Deduplication {

    private static final SchemaKey DUPLICATE = SchemaKey.of("com.snowplowanalytics.snowplow", "duplicate", "1-0-0");

    private Deduplication() {}

    /** What is known of an event's key. */
    public enum Seen {
        /** No event with this id. */
        NEVER,
        /** This event. */
        SAME,
        /** Only other events with this id. */
        OTHER
    }

    /**
     * The event as it is to be kept, or null when it is not.
     *
     * @param origin names the event's request among all others
     */
    public static @Nullable ProcessedEvent apply(ProcessedEvent event, Seen seen, String origin) {
        EventKey key = event.key();
        if (seen == Seen.NEVER || key == null) {
            return event;
        } else if (seen == Seen.SAME) {
            return null;
        }
        return renamed(event, key, DerivedId.of(origin, event.index()).toString());
    }

    /**
     * An event under another id than it was sent with.
     *
     * @param key what it was sent with
     * @param id its own
     */
    public static ProcessedEvent renamed(ProcessedEvent event, EventKey key, String id) {
        AtomicValues atomic = event.atomic().with("event_id", id);
        if (event instanceof GoodEvent good) {
            List<SelfDescribingJson> derived =
                    new ArrayList<>(good.derivedContexts().list());
            derived.add(new SelfDescribingJson(
                    DUPLICATE, Map.of("originalEventId", key.id().toString())));
            return new GoodEvent(
                    good.raw(), good.schema(), atomic, good.contexts(), good.unstruct(), new Contexts(derived), key);
        }
        FailedEvent failed = (FailedEvent) event;
        return new FailedEvent(failed.payload(), failed.index(), failed.raw(), atomic, failed.failures(), key);
    }
}
