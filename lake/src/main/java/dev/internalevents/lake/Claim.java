package dev.internalevents.lake;

import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateProperties;

/**
 * Marks a table as written by this process, so that a copy of its data folder on another machine, which has the same
 * collector id, does not write too. The mark is a property of the table, and ends by itself if the collector is killed;
 * the same folder of the same machine takes it over at once.
 */
final class Claim {

    private static final String PROPERTY = "internal-events.writer.";

    private final Table table;
    private final EventSinks.Owner owner;
    private final Duration length;
    private final LongSupplier millis;

    Claim(Table table, EventSinks.Owner owner, Duration length, LongSupplier millis) {
        this.table = table;
        this.owner = owner;
        this.length = length;
        this.millis = millis;
    }

    /** @throws SinkException if another machine or folder has the claim */
    void check() {
        String value = table.properties().get(property());
        int blank = value == null ? -1 : value.indexOf(' ');
        if (value == null || blank < 0) {
            return;
        }
        long until;
        try {
            until = Long.parseLong(value.substring(0, blank));
        } catch (NumberFormatException e) {
            return; // Not a claim; the next commit replaces it.
        }
        String where = value.substring(blank + 1);
        if (!where.equals(owner.where()) && until > millis.getAsLong()) {
            throw new SinkException("lake: the table " + table.location() + " is written by the collector with the same"
                    + " id, " + owner.id() + ", of " + where + "; two collectors cannot share a copied data folder."
                    + " Start this one with an empty folder, or stop the other and wait until "
                    + Instant.ofEpochMilli(until));
        }
    }

    /** Makes the claim, or extends it, as a commit of its own. */
    void take() {
        table.refresh();
        check();
        set(table.updateProperties()).commit();
    }

    /** Adds the claim to a commit. */
    UpdateProperties set(UpdateProperties properties) {
        return properties.set(property(), millis.getAsLong() + length.toMillis() + " " + owner.where());
    }

    /** Ends the claim; does not throw. */
    void release() {
        try {
            table.refresh();
            String value = table.properties().get(property());
            if (value != null && value.endsWith(" " + owner.where())) {
                table.updateProperties().remove(property()).commit();
            }
        } catch (RuntimeException e) {
            // It ends by itself.
        }
    }

    private String property() {
        return PROPERTY + owner.id();
    }
}
