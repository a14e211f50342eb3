package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;

/** A schema cannot be looked up now: a registry that may have it does not answer. Later it may; nothing is decided. */
public final class RegistryUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RegistryUnavailableException(String registry, String reason) {
        super("the registry " + registry + " does not answer: " + reason);
    }

    RegistryUnavailableException(SchemaKey key, RegistryUnavailableException cause) {
        super(key + " cannot be looked up now: " + cause.getMessage(), cause);
    }
}
