package dev.internalevents.store;

import dev.internalevents.protocol.SchemaKey;
import java.util.List;

/** What a store asks about schemas, to name the columns of their fields. */
@FunctionalInterface
public interface SchemaFields {

    /** Knows no schema. */
    SchemaFields NONE = key -> List.of();

    /** The fields at the top level of a schema, in its order; empty if it is not known. Never blocks. */
    List<String> of(SchemaKey key);
}
