package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A source of schemas. Safe for use by several threads. */
public interface Registry {

    /** Returns the name used in error messages, for example the folder. */
    String name();

    /**
     * Looks for a schema. May read a local file, but never waits for the network: a registry that must send a request
     * starts the look-up and returns {@link Pending}.
     *
     * @throws java.io.UncheckedIOException if a local file cannot be read
     */
    Answer find(SchemaKey key);

    /**
     * Returns whether this registry is asked for the vendor's schemas before registries that are not meant for the
     * vendor.
     */
    default boolean isMeantFor(String vendor) {
        return false;
    }

    /**
     * Returns what was wrong when this registry was last asked over the network; null if it answered, or was not asked.
     * Does not block.
     */
    default @Nullable String failing() {
        return null;
    }

    /** A registry's answer about one schema. */
    sealed interface Answer {}

    /** The registry has the schema; {@code schema} is its text. */
    record Present(String schema) implements Answer {}

    /** The registry does not have the schema. */
    record Missing() implements Answer {}

    /**
     * The registry answers, but refuses this schema.
     *
     * @param reason one readable clause, naming the registry
     */
    record Refusal(String reason) implements Answer {}

    /**
     * It is not known yet whether the registry has the schema.
     *
     * @param reason one readable clause, naming the registry
     * @param settled completes, never exceptionally, as soon as asking again makes sense. It is shared: callers must
     *     not complete it
     * @param undecided true while the first look-up is in progress and there is no reason to expect it to fail
     * @param inFlight whether a request for the schema is being answered now, or is the next to be sent; false in the
     *     pause before another attempt. Does not block
     */
    record Pending(String reason, CompletableFuture<Void> settled, boolean undecided, BooleanSupplier inFlight)
            implements Answer {

        /** Creates a pending answer for which it is not known when the look-up is in flight. */
        public Pending(String reason, CompletableFuture<Void> settled, boolean undecided) {
            this(reason, settled, undecided, () -> false);
        }
    }
}
