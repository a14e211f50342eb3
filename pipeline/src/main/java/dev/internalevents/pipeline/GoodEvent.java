package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.UnstructEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that is what its sender says it is.
 *
 * @param raw as it was sent
 * @param schema the schema of the event itself
 * @param atomic every atomic field that has a value
 * @param contexts as they were sent
 * @param unstruct the self-describing event, or null for the other kinds
 * @param derivedContexts what the pipeline found out about it
 * @param key what tells a second arrival of it; null for an event that was sent without an id
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

    @Override
    public CollectorPayload payload() {
        return raw.payload();
    }

    @Override
    public int index() {
        return raw.index();
    }

    /** {@code struct}, {@code unstruct}, {@code page_view}, … */
    public String eventType() {
        String type = atomic.text("event");
        return type == null ? "" : type;
    }
}
