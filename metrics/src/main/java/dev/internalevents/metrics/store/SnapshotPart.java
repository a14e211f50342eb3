package dev.internalevents.metrics.store;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * One count as it is when a {@link Snapshot} begins. Its bytes are made by the thread that writes the file, or, if the
 * count is about to change before that, by the thread that changes it.
 */
final class SnapshotPart {

    private final Cell<?> cell;
    private final Slot<?> slot;
    private final boolean changed;
    private byte @Nullable [] captured;
    private boolean taken;

    /** Called by the thread that changes counts. */
    SnapshotPart(Cell<?> cell, Slot<?> slot) {
        this.cell = cell;
        this.slot = slot;
        this.changed = slot.begin(this);
    }

    String counter() {
        return cell.key().toString();
    }

    Slot<?> slot() {
        return slot;
    }

    /** Returns whether the count differs from the one in the last file. */
    boolean changed() {
        return changed;
    }

    /** Keeps the bytes of the count. At most 64 KB are copied, except for totals by value with long values. */
    synchronized void capture() {
        if (captured == null && !taken) {
            captured = bytes();
        }
    }

    /** Returns the bytes of the count, and keeps them no longer. */
    synchronized byte[] take() {
        byte[] bytes = captured == null ? bytes() : captured;
        captured = null;
        taken = true;
        return bytes;
    }

    /** Notes that the bytes are not needed. */
    synchronized void skip() {
        captured = null;
        taken = true;
    }

    private byte[] bytes() {
        Bytes bytes = new Bytes(slot.accumulated() instanceof UniqueCount unique ? unique.bytes() : 64);
        try {
            cell.type().write(slot.accumulated(), new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.all();
    }

    /** Bytes that are copied once if their number is known. */
    private static final class Bytes extends ByteArrayOutputStream {

        Bytes(int capacity) {
            super(capacity);
        }

        byte[] all() {
            return count == buf.length ? buf : toByteArray();
        }
    }
}
