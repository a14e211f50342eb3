package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks registries in order and uses the first that has the schema. Registries on the network are asked in the
 * background. Safe for use by several threads.
 */
public final class Resolver {

    private final List<Registry> registries;

    public Resolver(List<Registry> registries) {
        this.registries = List.copyOf(registries);
    }

    /** The result of resolving a schema. */
    public sealed interface Resolution {}

    /**
     * A registry has the schema.
     *
     * @param schema its text
     * @param registry the registry in which it was found
     */
    public record Found(String schema, String registry) implements Resolution {}

    /**
     * No registry has it.
     *
     * @param tried the registries in order, each with its error if it could not be read
     * @param unreadable the errors of the registries that may have it and could not be read
     */
    public record NotFound(List<String> tried, List<String> unreadable) implements Resolution {}

    /**
     * A registry that may have it refused it, and no other has it.
     *
     * @param key the schema
     * @param reason one readable clause, naming the registry
     */
    public record Refused(SchemaKey key, String reason) implements Resolution {}

    /** A registry that may have it has not answered yet, and no other has it. */
    public static final class Pending implements Resolution {

        private final String reason;
        private final List<Registry.Pending> lookUps;

        private Pending(String reason, List<Registry.Pending> lookUps) {
            this.reason = reason;
            this.lookUps = List.copyOf(lookUps);
        }

        /** Returns the reason in one readable clause, naming the registry. */
        public String reason() {
            return reason;
        }

        /**
         * Returns a future that completes, never exceptionally, as soon as asking again makes sense: the look-up has
         * ended, with any outcome. Each call returns a new future, which the caller may complete, cancel or time out.
         * Dependents run on a thread of the registry and must not block.
         */
        public CompletableFuture<Void> settled() {
            return lookUps.size() == 1
                    ? lookUps.get(0).settled().copy()
                    : CompletableFuture.anyOf(lookUps.stream()
                                    .map(Registry.Pending::settled)
                                    .toArray(CompletableFuture[]::new))
                            .thenApply(any -> null);
        }

        /**
         * Returns whether a registry is being asked for the schema at this moment; false in the pause before another
         * attempt. Does not block; any thread may call it.
         */
        public boolean isInFlight() {
            return lookUps.stream().anyMatch(lookUp -> lookUp.inFlight().getAsBoolean());
        }
    }

    /**
     * Returns what is known about a schema, and starts looking it up if necessary. May read a local file; never waits
     * for the network.
     */
    public Resolution resolve(SchemaKey key) {
        return look(key).resolution();
    }

    /**
     * Returns what is known about a schema, and waits for a look-up that is in progress. Blocks until the schema is
     * found, missing or refused, a look-up has failed, or the timeout has passed; the last two return {@link Pending}.
     * Returns {@link Pending} at once, with the thread's interrupt status set, if the thread is interrupted.
     *
     * @param timeout zero or more
     */
    public Resolution resolve(SchemaKey key, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Look look = look(key);
        while (look.undecided() != null) {
            try {
                look.undecided().copy().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return look.resolution();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return look.resolution();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
            look = look(key);
        }
        return look.resolution();
    }

    /** What is known, and a future that completes when the first look-up ends; null if none is in progress. */
    private record Look(Resolution resolution, @Nullable CompletableFuture<Void> undecided) {}

    private Look look(SchemaKey key) {
        List<String> tried = new ArrayList<>();
        List<String> unreadable = new ArrayList<>(0);
        List<Registry.Pending> pending = new ArrayList<>(0);
        String refusal = null;
        for (Registry registry : inOrder(key.vendor())) {
            Registry.Answer answer;
            try {
                answer = registry.find(key);
            } catch (UncheckedIOException e) {
                tried.add(registry.name() + " (" + e.getMessage() + ")");
                unreadable.add(String.valueOf(e.getMessage()));
                continue;
            }
            if (answer instanceof Registry.Present present) {
                return new Look(new Found(present.schema(), registry.name()), null);
            } else if (answer instanceof Registry.Pending wait) {
                if (wait.undecided()) {
                    // A later registry must not win only because this one has not answered yet.
                    return new Look(new Pending(wait.reason(), List.of(wait)), wait.settled());
                }
                pending.add(wait);
            } else if (answer instanceof Registry.Refusal refused) {
                refusal = refusal == null ? refused.reason() : refusal;
            } else {
                tried.add(registry.name());
            }
        }
        if (!pending.isEmpty()) {
            return new Look(new Pending(pending.get(0).reason(), pending), null);
        }
        return new Look(
                refusal == null ? new NotFound(List.copyOf(tried), List.copyOf(unreadable)) : new Refused(key, refusal),
                null);
    }

    /** Returns the registries meant for the vendor first, otherwise in the given order. */
    private List<Registry> inOrder(String vendor) {
        return registries.stream()
                .sorted(Comparator.comparing(registry -> !registry.isMeantFor(vendor)))
                .toList();
    }
}
