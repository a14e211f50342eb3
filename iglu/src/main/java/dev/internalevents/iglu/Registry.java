package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.util.Optional;

/** A place where schemas are kept. Safe for use by several threads. */
public interface Registry {

    /** What an error message calls it, for example the folder. */
    String name();

    /**
     * The text of a schema, or nothing when this registry does not have it. May block for reading.
     *
     * @throws RegistryUnavailableException when it cannot tell now
     */
    Optional<String> find(SchemaKey key);

    /** Whether it is to be asked for this vendor's schemas before others that are not. */
    default boolean isMeantFor(String vendor) {
        return false;
    }
}
