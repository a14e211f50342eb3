package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.Deduplication;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.store.ForgottenKey;
import dev.internalevents.store.StoredKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keys of good events and of failed ones, in memory, for the events of a few transactions. For one thread at a time.
 */
final class KnownKeys {

    private final OfKind good = new OfKind();
    private final OfKind failed = new OfKind();

    /** Returns the keys of events of the same kind. */
    OfKind like(ProcessedEvent event) {
        return event instanceof GoodEvent ? good : failed;
    }

    /** Adds the key of a forgotten event, which events of both kinds are compared with. */
    void add(ForgottenKey key) {
        good.add(key);
        failed.add(key);
    }

    void add(StoredKey key) {
        (key.isGood() ? good : failed).add(key.key(), key.received());
    }

    void addAll(KnownKeys others) {
        good.addAll(others.good);
        failed.addAll(others.failed);
    }

    boolean isEmpty() {
        return good.isEmpty() && failed.isEmpty();
    }

    /** Keys of events of one kind, each with the time when its newest event was received. */
    static final class OfKind {
        private final Map<UUID, OfId> ids = new HashMap<>();
        /** For ids with several keys, all except the first. */
        private final Map<EventKey, Instant> others = new HashMap<>(0);
        /** Hashes of forgotten events, see {@link ForgottenKey}. */
        private final Map<UUID, Instant> keyHashes = new HashMap<>(0);

        private final Map<UUID, Instant> idHashes = new HashMap<>(0);

        private OfKind() {}

        /** Returns whether an event with this key, or with its id, was received at or after a time. */
        Deduplication.Seen look(EventKey key, Instant since) {
            boolean isForgotten = !keyHashes.isEmpty() && counts(keyHashes.get(ForgottenKey.ofKey(key)), since);
            OfId known = ids.get(key.id());
            if (isForgotten || (known != null && counts(received(known, key), since))) {
                return Deduplication.Seen.SAME;
            }
            return hasId(key.id(), since) ? Deduplication.Seen.OTHER : Deduplication.Seen.NEVER;
        }

        private @Nullable Instant received(OfId known, EventKey key) {
            return known.first.equals(key) ? known.ofFirst : others.get(key);
        }

        boolean isForgotten(EventKey key) {
            return !keyHashes.isEmpty() && keyHashes.containsKey(ForgottenKey.ofKey(key));
        }

        boolean hasId(UUID id, Instant since) {
            OfId known = ids.get(id);
            return (known != null && counts(known.ofAll, since))
                    || (!idHashes.isEmpty() && counts(idHashes.get(ForgottenKey.ofId(id)), since));
        }

        /** Returns whether the id may be known, at any time; false for nearly every event. */
        boolean mayHave(EventKey key) {
            return !keyHashes.isEmpty() || (!ids.isEmpty() && ids.containsKey(key.id()));
        }

        private boolean isEmpty() {
            return ids.isEmpty() && keyHashes.isEmpty();
        }

        private void add(ForgottenKey key) {
            keyHashes.merge(key.keyHash(), key.received(), OfKind::later);
            idHashes.merge(key.idHash(), key.received(), OfKind::later);
        }

        private void add(EventKey key, Instant received) {
            OfId known = ids.get(key.id());
            if (known == null) {
                ids.put(key.id(), new OfId(key, received));
                return;
            }
            known.ofAll = later(known.ofAll, received);
            if (known.first.equals(key)) {
                known.ofFirst = later(known.ofFirst, received);
            } else {
                others.merge(key, received, OfKind::later);
            }
        }

        private void addAll(OfKind more) {
            more.ids.values().forEach(known -> add(known.first, known.ofFirst));
            more.others.forEach(this::add);
        }

        private static boolean counts(@Nullable Instant received, Instant since) {
            return received != null && !received.isBefore(since);
        }

        private static Instant later(Instant one, Instant other) {
            return one.isAfter(other) ? one : other;
        }
    }

    /** The first key of an id, and when its events were received. */
    private static final class OfId {
        private final EventKey first;
        /** When the newest event with the first key was received. */
        private Instant ofFirst;
        /** When the newest event with any of its keys was received. */
        private Instant ofAll;

        private OfId(EventKey first, Instant received) {
            this.first = first;
            this.ofFirst = received;
            this.ofAll = received;
        }
    }
}
