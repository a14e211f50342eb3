package dev.internalevents.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The ids of stored events by number, for an index of them. An index gives numbers, which are hints; what is stored
 * under a number decides. Methods throw {@link StoreException} if the store cannot be read.
 */
public interface StoredIds {

    /** Returns the keys of the events with these numbers; events that are gone are left out. */
    List<StoredKey> keysOf(Collection<Long> numbers);

    /** Passes on the keys of the events from one number to another, both included. */
    void keysBetween(long first, long last, Consumer<StoredKey> each);

    /** Returns the lowest number among the events received at or after a time. */
    Optional<Long> firstSince(Instant time);

    /** Returns what is left of forgotten events that had one of these numbers. */
    List<ForgottenKey> forgottenWithNumbers(Collection<Long> numbers);

    /** Returns whether there are forgotten events that no number in the index leads to. */
    boolean hasUnindexedForgotten();

    /** Notes that an index that was created anew cannot contain the forgotten events from this number on. */
    void forgottenAreNotIndexed(long firstNumber);
}
