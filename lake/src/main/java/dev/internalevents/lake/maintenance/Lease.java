package dev.internalevents.lake.maintenance;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventSinks;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;

/**
 * Lets one collector at a time look after the tables. It is a property of the table: until when, and by which process.
 * It ends by itself after a kill. Two collectors that nevertheless work at once do no harm, because each change is a
 * commit that fails if a file it replaces is gone; the lease only spares them the work.
 */
final class Lease {

    static final String PROPERTY = "internal-events.maintenance";

    static final Duration LENGTH = Duration.ofMinutes(10);

    /** How far the clock of another machine may be off. */
    static final Duration SKEW = Duration.ofMinutes(1);

    private static final int MAX_ATTEMPTS = 20;

    private final Table table;
    private final EventSinks.Owner owner;
    private final LongSupplier millis;
    private long until;

    Lease(Table table, EventSinks.Owner owner, LongSupplier millis) {
        this.table = table;
        this.owner = owner;
        this.millis = millis;
    }

    /** Takes or extends the lease; returns false if another process has it, or commits come too fast. */
    boolean take() {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            try {
                return takeOnce();
            } catch (CommitFailedException e) {
                // Events were committed, or another process was first.
            }
        }
        return false;
    }

    private boolean takeOnce() {
        TableOperations operations = operations();
        TableMetadata now = operations.refresh();
        String[] parts = now.properties().getOrDefault(PROPERTY, "").split(" ", 3);
        if (isOfAnother(parts)) {
            return false;
        }
        long next = millis.getAsLong() + LENGTH.toMillis();
        Map<String, String> properties = new HashMap<>(now.properties());
        properties.put(PROPERTY, next + " " + owner.process() + " " + owner.where());
        operations.commit(now, now.replaceProperties(properties));
        until = next;
        return true;
    }

    private boolean isOfAnother(String[] parts) {
        // Another process of the same machine and folder has ended, because a data folder has one at a time.
        if (parts.length < 3 || parts[1].equals(owner.process().toString()) || parts[2].equals(owner.where())) {
            return false;
        }
        try {
            long left = Long.parseLong(parts[0]) - millis.getAsLong();
            // What ends later than any lease can is the work of a wrong clock.
            return left > -SKEW.toMillis() && left < LENGTH.plus(SKEW).toMillis();
        } catch (NumberFormatException e) {
            return false; // Not a lease; it is replaced.
        }
    }

    /**
     * Extends the lease if half of it is over.
     *
     * @throws LostLeaseException if another process has it now
     */
    void extend() {
        if (until - millis.getAsLong() < LENGTH.toMillis() / 2 && !take()) {
            throw new LostLeaseException();
        }
    }

    /** Gives the lease back; does not throw. */
    void release() {
        try {
            table.refresh();
            String[] parts = table.properties().getOrDefault(PROPERTY, "").split(" ", 3);
            if (parts.length == 3 && parts[1].equals(owner.process().toString())) {
                table.updateProperties().remove(PROPERTY).commit();
            }
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            // It ends by itself.
        }
    }

    private TableOperations operations() {
        return ((HasTableOperations) table).operations();
    }

    /** Another process looks after the tables now. */
    static final class LostLeaseException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LostLeaseException() {
            super("another collector looks after the tables now");
        }
    }
}
