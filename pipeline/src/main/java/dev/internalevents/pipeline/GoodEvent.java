package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.UnstructEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that passed all checks.
 *
 * @param raw as it was sent
 * @param schema the schema of the event itself
 * @param atomic all atomic fields that have a value
 * @param contexts as they were sent
 * @param unstruct the self-describing event; null for all other types
 * @param derivedContexts contexts that the pipeline added
 * @param key recognizes the event when it arrives again; null if it cannot be recognized
 */
public record GoodEvent(
        RawEvent raw,
        SchemaKey schema,
        AtomicValues atomic,
        Contexts contexts,
        @Nullable UnstructEvent unstruct,
        Contexts derivedContexts,
        @Nullable EventKey key)
        implements ProcessedEvent {

    /** Returns a copy with other atomic fields. */
    GoodEvent withAtomic(AtomicValues fields) {
        return new GoodEvent(raw, schema, fields, contexts, unstruct, derivedContexts, key);
    }

    /** Returns a copy with other derived contexts. */
    GoodEvent withDerivedContexts(Contexts derived) {
        return new GoodEvent(raw, schema, atomic, contexts, unstruct, derived, key);
    }

    /** Returns a copy with another key. */
    GoodEvent withKey(@Nullable EventKey other) {
        return new GoodEvent(raw, schema, atomic, contexts, unstruct, derivedContexts, other);
    }

    @Override
    public CollectorPayload payload() {
        return raw.payload();
    }

    @Override
    public int index() {
        return raw.index();
    }

    /** Returns the type: {@code struct}, {@code unstruct}, {@code page_view}, … */
    public String eventType() {
        String type = atomic.text("event");
        return type == null ? "" : type;
    }
}
