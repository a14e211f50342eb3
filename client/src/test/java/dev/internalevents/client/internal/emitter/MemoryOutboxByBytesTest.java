package dev.internalevents.client.internal.emitter;

/** A memory outbox limited by bytes rather than by the number of events. */
class MemoryOutboxByBytesTest extends OutboxContract {

    @Override
    Outbox roomy() {
        return new MemoryOutbox(1_000_000, 32 << 20, new Wakeup(), accounts, lifecycle);
    }

    @Override
    Outbox small() {
        return new MemoryOutbox(1_000_000, 100 * 208, new Wakeup(), accounts, lifecycle);
    }
}
