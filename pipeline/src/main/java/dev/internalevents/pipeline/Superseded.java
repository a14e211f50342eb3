package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The schemas of one event that are superseded by other versions. Its data is stored with those versions, and a derived
 * context records each replacement. Not thread-safe.
 */
final class Superseded {

    private static final SchemaKey VALIDATION_INFO =
            SchemaKey.of("com.snowplowanalytics.iglu", "validation_info", "1-0-0");

    /** The superseding schema by the one that was sent; empty for nearly all events. */
    private Map<SchemaKey, SchemaKey> by = Map.of();

    void note(SchemaKey sent, SchemaKey checkedWith) {
        if (sent.equals(checkedWith)) {
            return;
        }
        if (by.isEmpty()) {
            by = new LinkedHashMap<>();
        }
        by.put(sent, checkedWith);
    }

    void replaceIn(EventDraft event) {
        if (by.isEmpty()) {
            return;
        }
        UnstructEvent unstruct = event.unstruct;
        if (unstruct != null && by.containsKey(unstruct.event().schema())) {
            event.unstruct = new UnstructEvent(replaced(unstruct.event()));
            AtomicEvent.name(event.atomic, event.unstruct);
        }
        event.contexts =
                new Contexts(event.contexts.list().stream().map(this::replaced).toList());
        by.forEach((sent, checkedWith) -> event.derived.add(info(sent, checkedWith)));
    }

    private static SelfDescribingJson info(SchemaKey sent, SchemaKey checkedWith) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("originalSchema", sent.toString());
        info.put("validatedWith", checkedWith.version().toString());
        return new SelfDescribingJson(VALIDATION_INFO, info);
    }

    private SelfDescribingJson replaced(SelfDescribingJson json) {
        SchemaKey checkedWith = by.get(json.schema());
        return checkedWith == null ? json : new SelfDescribingJson(checkedWith, json.data());
    }
}
