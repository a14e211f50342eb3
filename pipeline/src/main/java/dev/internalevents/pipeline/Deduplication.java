package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes retries harmless. An event that was seen before is dropped. A different event with the same id gets a new id,
 * derived from its position, and a {@code duplicate} context with the original id.
 */
public final class Deduplication {

    private static final SchemaKey DUPLICATE = SchemaKey.of("com.snowplowanalytics.snowplow", "duplicate", "1-0-0");

    private Deduplication() {}

    /** Whether an event's key was seen before. */
    public enum Seen {
        /** No event with this id was seen. */
        NEVER,
        /** This event was seen. */
        SAME,
        /** Only different events with this id were seen. */
        OTHER
    }

    /**
     * Returns the event to store, or null if it is to be dropped.
     *
     * @param origin identifies the event's request uniquely
     */
    public static @Nullable ProcessedEvent apply(ProcessedEvent event, Seen seen, String origin) {
        EventKey key = event.key();
        if (seen == Seen.NEVER || key == null) {
            return event;
        } else if (seen == Seen.SAME) {
            return null;
        } else if (key.isDerived()) {
            // Another event was sent with the id that is derived for this one; a new id would be the same.
            return event;
        }
        return renamed(event, key, DerivedId.of(origin, event.index()).toString());
    }

    /**
     * Returns an event under a new id.
     *
     * @param key the key it was sent with
     * @param id the new id
     */
    public static ProcessedEvent renamed(ProcessedEvent event, EventKey key, String id) {
        AtomicValues atomic = event.atomic().with("event_id", id);
        if (event instanceof GoodEvent good) {
            List<SelfDescribingJson> derived =
                    new ArrayList<>(good.derivedContexts().list());
            derived.add(new SelfDescribingJson(
                    DUPLICATE, Map.of("originalEventId", key.id().toString())));
            return good.withAtomic(atomic)
                    .withDerivedContexts(new Contexts(derived))
                    .withKey(key);
        }
        return ((FailedEvent) event).withAtomic(atomic).withKey(key);
    }

    /** Returns an event that was sent without a usable id under the id that was derived for it earlier. */
    public static ProcessedEvent withDerivedId(ProcessedEvent event, UUID id) {
        AtomicValues atomic = event.atomic().with("event_id", id.toString());
        EventKey key = EventKey.derived(id);
        return event instanceof GoodEvent good
                ? good.withAtomic(atomic).withKey(key)
                : ((FailedEvent) event).withAtomic(atomic).withKey(key);
    }
}
