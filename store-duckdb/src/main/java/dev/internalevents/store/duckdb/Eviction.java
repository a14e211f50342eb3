package dev.internalevents.store.duckdb;

import dev.internalevents.store.Ages;
import dev.internalevents.store.Removed;
import dev.internalevents.store.Retention;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

/**
 * Removes what is older than retention allows, and the oldest events of a file that is too large. Used only by the
 * writing thread.
 */
final class Eviction {

    private final OpenStore store;
    private final Database database;

    Eviction(OpenStore store) {
        this.store = store;
        this.database = store.database();
    }

    Removed retain(Retention retention, Ages ages) {
        Instant now = ages.now();
        long requests = now == null ? 0 : removeRequests(now, now.minus(retention.rawMaxAge()), ages);
        Duration maxAge = retention.maxAge();
        long old = now == null || maxAge == null
                ? 0
                : evict(
                        "number <= ? AND (collector_tstamp < ? OR (collector_tstamp > ? AND number <= ?))",
                        ages.removable(),
                        Sql.timestamp(now.minus(maxAge)),
                        Sql.timestamp(now.plus(Ages.TOLERANCE)),
                        ages.foundBefore(now.minus(maxAge)));
        return new Removed(old, evictSurplus(retention, ages.removable()), requests);
    }

    private long removeRequests(Instant now, Instant oldest, Ages ages) {
        return database.transaction(
                "cleaned",
                writing -> Sql.execute(
                        writing,
                        "DELETE FROM failed_request WHERE received < ? OR (received > ? AND number <= ?)",
                        Sql.timestamp(oldest),
                        Sql.timestamp(now.plus(Ages.TOLERANCE)),
                        ages.foundBefore(oldest)));
    }

    private long evictSurplus(Retention retention, long removable) {
        if (retention.maxBytes() <= 0) {
            return 0;
        }
        store.file().checkpoint();
        long used = store.file().usedBytes();
        if (used <= retention.maxBytes()) {
            return 0;
        }
        long all = store.counts().summary().total();
        double over = 1 - retention.maxBytes() / (double) used;
        // 5 percentage points more than needed, so that not every run has to evict.
        long surplus = Math.min(all, (long) Math.ceil(all * Math.min(1, over + 0.05)));
        return evict(
                "number <= ? AND number <= (SELECT coalesce(max(number), 0) FROM (SELECT number FROM event ORDER BY number LIMIT ?))",
                removable,
                surplus);
    }

    private long evict(String condition, Object... parameters) {
        long before = store.counts().summary().total();
        long after = database.transaction("cleaned", writing -> {
            Sql.execute(writing, "DELETE FROM event WHERE " + condition, parameters);
            writing.commit();
            try (Statement orphans = writing.createStatement()) {
                LargeValues.removeOrphans(orphans);
            }
            return store.counts().countedTotal();
        });
        long evicted = before - after;
        if (evicted > 0) {
            store.change("UPDATE store SET evicted = evicted + " + evicted);
            store.file().checkpoint();
        }
        return evicted;
    }
}
