package dev.internalevents.store;

import dev.internalevents.protocol.SchemaKey;
import java.util.List;

/** Tells a store the fields of schemas, so that it can name their columns. */
@FunctionalInterface
public interface SchemaFields {

    /** Knows no schema. */
    SchemaFields NONE = key -> List.of();

    /** Returns the top-level fields of a schema, in its order; empty if the schema is not known. Never blocks. */
    List<String> of(SchemaKey key);
}
