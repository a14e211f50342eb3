package dev.internalevents.lake.maintenance;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkForget;
import dev.internalevents.store.SinkMaintenance;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/** Looks after the two tables of a lake. The lease is a property of the table of good events. */
public final class IcebergMaintenance implements SinkMaintenance {

    private static final String ORPHANS = "internal-events.orphans-deleted";
    private static final Duration ORPHANS_EVERY = Duration.ofDays(1);

    private final Map<String, Table> tables;
    private final Parts parts;
    private final Lease lease;

    /**
     * What maintenance needs besides tables.
     *
     * @param stopping whether to give up what was begun
     * @param millis the time of day in milliseconds
     * @param reason why a table cannot be read or written, in a few words
     * @param connections what to close at the end
     */
    public record Parts(
            EventSinks.Owner owner,
            BooleanSupplier stopping,
            LongSupplier millis,
            Function<Throwable, String> reason,
            Runnable connections) {}

    /**
     * @param good the table of good events
     * @param failed the table of failed events
     */
    public IcebergMaintenance(Table good, Table failed, Parts parts) {
        this.tables = new LinkedHashMap<>();
        tables.put("good", good);
        tables.put("failed", failed);
        this.parts = parts;
        this.lease = new Lease(good, parts.owner(), parts.millis());
    }

    @Override
    public boolean take() {
        return trying(lease::take);
    }

    @Override
    public void release() {
        lease.release();
    }

    @Override
    public Tidied tidy() {
        return trying(() -> {
            Steps steps = new Steps();
            long merged = 0;
            long expired = 0;
            long orphans = 0;
            for (Table table : tables.values()) {
                RowCopy copy = new RowCopy(table, parts.stopping());
                table.refresh();
                merged += steps.run(() -> new Compaction(table, copy, lease::extend).run(now()));
                copy.check();
                lease.extend();
                table.refresh();
                Expiry expiry = new Expiry(table);
                if (expiry.isAllowed()) {
                    expired += steps.run(() -> expiry.old(now()));
                    orphans += steps.run(() -> orphans(table, copy));
                }
            }
            steps.end();
            return new Tidied(merged, expired, orphans);
        });
    }

    private long now() {
        return parts.millis().getAsLong();
    }

    /** Steps that do not depend on each other: the first failure is thrown after the last one. */
    private static final class Steps {
        private @Nullable RuntimeException failure;

        private long run(LongSupplier step) {
            try {
                return step.getAsLong();
            } catch (StoppedException | Lease.LostLeaseException e) {
                throw e;
            } catch (RuntimeException e) {
                ForeignCode.caught(e);
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
                return 0;
            }
        }

        private void end() {
            if (failure != null) {
                throw failure;
            }
        }
    }

    private long orphans(Table table, RowCopy copy) {
        long now = now();
        long last;
        try {
            last = Long.parseLong(table.properties().getOrDefault(ORPHANS, "0"));
        } catch (NumberFormatException e) {
            last = 0;
        }
        if (last <= now && now - last < ORPHANS_EVERY.toMillis()) {
            return 0;
        }
        long deleted = new Orphans(table, copy).delete(now);
        table.updateProperties().set(ORPHANS, Long.toString(now)).commit();
        return deleted;
    }

    @Override
    public String forget(List<SinkForget> orders) {
        return trying(() -> {
            StringJoiner mark = new StringJoiner(" ");
            tables.forEach((name, table) -> {
                table.refresh();
                RowCopy copy = new RowCopy(table, parts.stopping());
                mark.add(name + "=" + new Forgetting(table, copy, lease::extend, name.equals("failed")).run(orders));
            });
            return mark.toString();
        });
    }

    @Override
    public boolean expire(String mark) {
        return trying(() -> {
            boolean all = true;
            for (String part : mark.split(" ", -1)) {
                String[] one = part.split("=", 2);
                Table table = tables.get(one[0]);
                all &= table != null && one.length == 2 && expire(table, Long.parseLong(one[1]));
            }
            return all;
        });
    }

    /** Returns false if the table does not descend from the snapshot without the rows, because it was rolled back. */
    private boolean expire(Table table, long id) {
        table.refresh();
        if (id == 0) {
            return true; // What the table has since then is younger than the request.
        }
        Snapshot clean = table.snapshot(id);
        if (clean == null || !SnapshotUtil.isAncestorOf(table, id)) {
            return false;
        }
        new Expiry(table).before(clean);
        return true;
    }

    @Override
    public void close() {
        try {
            parts.connections().run();
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            // The process or the server ends them.
        }
    }

    /** Iceberg, Parquet and the file system throw exceptions of many kinds. */
    private <T> T trying(Supplier<T> work) {
        try {
            return work.get();
        } catch (SinkException e) {
            throw e;
        } catch (StoppedException | Lease.LostLeaseException e) {
            throw new SinkException("lake: maintenance ended early: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            throw new SinkException(
                    "lake: maintenance of the tables failed: " + parts.reason().apply(e) + "; it is tried again", e);
        }
    }
}
