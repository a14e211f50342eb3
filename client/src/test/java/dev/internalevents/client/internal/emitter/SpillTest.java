package dev.internalevents.client.internal.emitter;

import dev.internalevents.spool.SpoolSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Memory first, and a folder when that is full. */
class SpillTest extends OutboxContract {

    @TempDir
    private Path folder;

    @Override
    Outbox roomy() {
        return spilling("roomy", SpoolSettings.DEFAULTS);
    }

    @Override
    Outbox small() {
        return spilling("small", SpoolSettings.DEFAULTS.withSegmentBytes(4096).withMaxBytes(3 * 4096));
    }

    /** When both are full, an event goes to whichever has room first, possibly before older ones. */
    @Override
    Outbox busy() {
        return spilling("busy", SpoolSettings.DEFAULTS.withSegmentBytes(4096));
    }

    private Outbox spilling(String name, SpoolSettings settings) {
        return new OverflowOutbox(
                new MemoryOutbox(10, 1 << 20, new Wakeup(), accounts, lifecycle),
                new SpoolOutbox(folder.resolve(name), settings, accounts, EventKind.INTERNAL, lifecycle));
    }
}
