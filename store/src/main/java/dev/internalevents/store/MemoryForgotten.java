package dev.internalevents.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The keys of forgotten events in memory; beyond the limit the oldest are dropped. The store's lock guards it. */
final class MemoryForgotten {

    /** Maximum number of ids; their hashes take up to 20 MB. */
    private static final int MAX_IDS = 100_000;

    /** By the hash of the id, oldest first. */
    private final Map<UUID, List<ForgottenKey>> keys = new LinkedHashMap<>();

    void add(ForgottenKey key) {
        keys.computeIfAbsent(key.idHash(), id -> new ArrayList<>(1)).add(key);
        while (keys.size() > MAX_IDS) {
            Iterator<UUID> oldest = keys.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    List<ForgottenKey> withIds(Collection<UUID> ids) {
        return keys.isEmpty()
                ? List.of()
                : ids.stream()
                        .flatMap(id -> keys.getOrDefault(ForgottenKey.ofId(id), List.of()).stream())
                        .toList();
    }

    void dropBefore(Instant time) {
        keys.values().removeIf(sameId -> {
            sameId.removeIf(key -> key.received().isBefore(time));
            return sameId.isEmpty();
        });
    }

    void clear() {
        keys.clear();
    }
}
