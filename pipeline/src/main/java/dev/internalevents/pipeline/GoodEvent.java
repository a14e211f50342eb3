package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.UnstructEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event that is what its sender says it is.
 *
 * @param raw as it was sent
 * @param schema the schema of the event itself
 * @param atomic every atomic field that has a value, by name; texts, numbers, booleans; times as ISO-8601 texts
 * @param contexts as they were sent
 * @param unstruct the self-describing event, or null for the other kinds
 */
public record GoodEvent(
        RawEvent raw,
        SchemaKey schema,
        Map<String, Object> atomic,
        Contexts contexts,
        @Nullable UnstructEvent unstruct) implements ProcessedEvent {

    public GoodEvent {
        atomic = Collections.unmodifiableMap(new LinkedHashMap<>(atomic));
    }

    @Override
    public CollectorPayload payload() {
        return raw.payload();
    }

    /** {@code struct}, {@code unstruct}, {@code page_view}, … */
    public String eventType() {
        return (String) atomic.getOrDefault("event", "");
    }
}
