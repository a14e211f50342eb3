package dev.internalevents.client.internal.emitter;

import dev.internalevents.spool.SpoolSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SpoolOutboxTest extends OutboxContract {

    @TempDir
    private Path folder;

    @Override
    Outbox roomy() {
        return outbox("roomy", SpoolSettings.DEFAULTS);
    }

    @Override
    Outbox small() {
        return outbox("small", SpoolSettings.DEFAULTS.withSegmentBytes(4096).withMaxBytes(3 * 4096));
    }

    private Outbox outbox(String name, SpoolSettings settings) {
        return new SpoolOutbox(folder.resolve(name), settings, accounts, EventKind.INTERNAL, lifecycle);
    }
}
