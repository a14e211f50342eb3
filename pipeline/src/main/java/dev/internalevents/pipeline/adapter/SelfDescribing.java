package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import org.jspecify.annotations.Nullable;

/** Writes self-describing events as the parameter {@code ue_pr}. */
final class SelfDescribing {

    private SelfDescribing() {}

    static String unstruct(SchemaKey schema, @Nullable Object data) {
        JsonWriter out = new JsonWriter();
        new UnstructEvent(new SelfDescribingJson(schema, data)).writeTo(out);
        return out.toString();
    }
}
