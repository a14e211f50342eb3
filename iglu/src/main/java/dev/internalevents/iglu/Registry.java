package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A place where schemas are kept. Safe for use by several threads. */
public interface Registry {

    /** The name used in error messages, for example the folder. */
    String name();

    /**
     * Looks for a schema. May read a local file, but never waits for the network: a registry that has to ask elsewhere
     * starts the look-up and returns {@link Pending}.
     *
     * @throws java.io.UncheckedIOException when a local file cannot be read
     */
    Answer find(SchemaKey key);

    /** Whether this registry is asked for the vendor's schemas before registries that are not meant for the vendor. */
    default boolean isMeantFor(String vendor) {
        return false;
    }

    /** What a registry says about one schema. */
    sealed interface Answer {}

    /** The registry has the schema; {@code schema} is its text. */
    record Present(String schema) implements Answer {}

    /** The registry does not have the schema. */
    record Missing() implements Answer {}

    /**
     * The registry does not give out this schema, though it answers.
     *
     * @param reason one clause for people, naming the registry
     */
    record Refusal(String reason) implements Answer {}

    /**
     * It is not known yet whether the registry has the schema.
     *
     * @param reason one clause for people, naming the registry
     * @param settled completes, never exceptionally, as soon as asking again makes sense. Shared: not to be completed by
     *     callers
     * @param undecided true while the first look-up is under way and no reason is known to expect that it fails
     * @param inFlight whether a request for the schema is being answered now, or is the next to be sent; false in the
     *     pause before a further attempt. Does not block
     */
    record Pending(String reason, CompletableFuture<Void> settled, boolean undecided, BooleanSupplier inFlight)
            implements Answer {

        /** A look-up of which it is not known when it is in flight. */
        public Pending(String reason, CompletableFuture<Void> settled, boolean undecided) {
            this(reason, settled, undecided, () -> false);
        }
    }
}
