package dev.internalevents.lake;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateProperties;

/**
 * Marks a table as written by this process, so that a copy of its data folder, which has the same collector id, does
 * not write too. The mark is a property of the table, and ends by itself if the collector is killed; a process of the
 * same folder, which knows the one before it, takes it over at once.
 */
final class Claim {

    private static final String PROPERTY = "internal-events.writer.";

    private final Table table;
    private final EventSinks.Owner owner;
    private final Duration length;
    private final LongSupplier millis;
    private long extended;

    Claim(Table table, EventSinks.Owner owner, Duration length, LongSupplier millis) {
        this.table = table;
        this.owner = owner;
        this.length = length;
        this.millis = millis;
    }

    /** @throws SinkException if another machine or folder has the claim */
    void check() {
        String[] parts = parts();
        if (parts.length < 3) {
            return; // Not a claim; the next commit replaces it.
        }
        long until;
        try {
            until = Long.parseLong(parts[0]);
        } catch (NumberFormatException e) {
            return;
        }
        String where = parts[2];
        boolean isOurs = where.equals(owner.where())
                && (parts[1].equals(owner.process().toString())
                        || owner.earlier().stream().anyMatch(process -> parts[1].equals(process.toString())));
        if (!isOurs && until > millis.getAsLong()) {
            throw new SinkException("lake: the table " + table.location() + " is written by another collector with the"
                    + " same id, " + owner.id() + ", of " + where + "; two collectors cannot share a copied data"
                    + " folder. Start this one with an empty folder, or stop the other; its claim"
                    + " ends with it, or after a kill within three times --lake-commit");
        }
    }

    /** Returns the end of the claim, the process that has it, and where that runs. */
    private String[] parts() {
        return table.properties().getOrDefault(property(), "").split(" ", 3);
    }

    /** Extends the claim as a commit of its own, if half of it is over, so that idle collectors commit less often. */
    void extend() {
        table.refresh();
        check();
        if (extended - millis.getAsLong() <= length.toMillis() / 2) {
            take();
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
        return properties.set(property(), value());
    }

    /** Extends the claim, and returns the value of the property with it. */
    String value() {
        extended = millis.getAsLong() + length.toMillis();
        return extended + " " + owner.process() + " " + owner.where();
    }

    /** Ends the claim; does not throw. */
    void release() {
        try {
            table.refresh();
            String[] parts = parts();
            if (parts.length == 3 && parts[1].equals(owner.process().toString())) {
                table.updateProperties().remove(property()).commit();
            }
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            // The claim ends by itself.
        }
    }

    /** Returns the name of the property with the claim. */
    String property() {
        return PROPERTY + owner.id();
    }
}
