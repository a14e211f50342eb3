package dev.internalevents.store;

import dev.internalevents.protocol.SchemaKey;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Opens event sinks. An implementation on the class path is found by {@link ServiceLoader}. */
public interface EventSinks {

    /**
     * The collector that writes to a sink.
     *
     * @param id stays the same as long as the collector's data folder exists
     * @param host the machine that it runs on
     * @param folder its data folder
     * @param process the process that opens the sink, by a random id
     * @param earlier processes that wrote to the sink from the same data folder and have ended
     */
    record Owner(UUID id, String host, String folder, UUID process, Set<UUID> earlier) {

        public Owner {
            earlier = Set.copyOf(earlier);
        }

        /** A process that is the first one to write from its data folder. */
        public Owner(UUID id, String host, String folder) {
            this(id, host, folder, UUID.randomUUID(), Set.of());
        }

        /** Returns the machine and the folder in one text. */
        public String where() {
            return host + ":" + folder;
        }
    }

    /** Tells a sink the schemas of events, so that their fields become columns with types. */
    @FunctionalInterface
    interface SchemaTexts {

        /** Returns the JSON text of a schema; empty if it is not known. Never blocks. */
        Optional<String> of(SchemaKey key);
    }

    /**
     * Checks what needs no connection, so that a mistake is found when a collector starts. Reads local folders.
     *
     * @throws IllegalArgumentException naming the option, what is wrong and what is expected
     */
    default void check(SinkSettings settings) {}

    /**
     * Opens a sink. Blocks.
     *
     * @throws SinkException if it cannot be opened now, or another collector with the same id writes to it; the message
     *     says what to do
     */
    EventSink open(SinkSettings settings, Owner owner, SchemaTexts schemas);

    /** Returns whether {@link #maintenance} opens something for sinks with these settings. */
    default boolean isMaintained(SinkSettings settings) {
        return false;
    }

    /**
     * Opens what looks after the data of sinks with these settings; empty if such data needs nothing. Blocks.
     *
     * @param stopping whether to give up what was begun
     * @throws SinkException if it cannot be opened now
     */
    default Optional<SinkMaintenance> maintenance(SinkSettings settings, Owner owner, BooleanSupplier stopping) {
        return Optional.empty();
    }

    /**
     * Returns the implementation on the class path.
     *
     * @throws SinkException if there is none, with what to add
     */
    static EventSinks find() {
        return ServiceLoader.load(EventSinks.class, EventSinks.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new SinkException("lake: the library for Iceberg tables is not on the class path;"
                        + " add dev.internalevents:internal-events-lake, on Debian the package internal-events-lake, or run"
                        + " without a lake"));
    }
}
