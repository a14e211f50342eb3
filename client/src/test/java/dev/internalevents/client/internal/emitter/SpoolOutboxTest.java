package dev.internalevents.client.internal.emitter;

import dev.internalevents.spool.SpoolSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SpoolOutboxTest extends OutboxContract {

    @TempDir
    private Path folder;

    @Override
    Outbox roomy() {
        return new SpoolOutbox(folder.resolve("roomy"), SpoolSettings.DEFAULTS, accounts);
    }

    @Override
    Outbox small() {
        return new SpoolOutbox(
                folder.resolve("small"),
                SpoolSettings.DEFAULTS.withSegmentBytes(4096).withMaxBytes(3 * 4096),
                accounts);
    }
}
