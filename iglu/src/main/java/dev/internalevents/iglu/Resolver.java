package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Asks registries in order; the first that has a schema answers. Safe for use by several threads. */
public final class Resolver {

    private final List<Registry> registries;

    public Resolver(List<Registry> registries) {
        this.registries = List.copyOf(registries);
    }

    /** What was found, or what was tried. */
    public sealed interface Resolution {}

    /**
     * A schema.
     *
     * @param schema its text
     * @param registry where it was found
     */
    public record Found(String schema, String registry) implements Resolution {}

    /**
     * No registry has it.
     *
     * @param tried the registries in order, with what went wrong where one could not be read
     */
    public record NotFound(List<String> tried) implements Resolution {}

    /**
     * Looks a schema up. May block for reading.
     *
     * @throws RegistryUnavailableException when none of those that answer has it, and one does not answer
     */
    public Resolution resolve(SchemaKey key) {
        List<String> tried = new ArrayList<>();
        RegistryUnavailableException unavailable = null;
        for (Registry registry : inOrder(key.vendor())) {
            try {
                Optional<String> schema = registry.find(key);
                if (schema.isPresent()) {
                    return new Found(schema.get(), registry.name());
                }
                tried.add(registry.name());
            } catch (UncheckedIOException e) {
                tried.add(registry.name() + " (" + e.getMessage() + ")");
            } catch (RegistryUnavailableException e) {
                unavailable = e;
            }
        }
        if (unavailable != null) {
            throw new RegistryUnavailableException(key, unavailable);
        }
        return new NotFound(List.copyOf(tried));
    }

    /** Those that are meant for the vendor first, otherwise as they were given. */
    private List<Registry> inOrder(String vendor) {
        return registries.stream()
                .sorted(Comparator.comparing(registry -> !registry.isMeantFor(vendor)))
                .toList();
    }
}
