package dev.internalevents.client.internal.emitter;

class MemoryOutboxTest extends OutboxContract {

    @Override
    Outbox roomy() {
        return new MemoryOutbox(10_000, 32 << 20, new Wakeup(), accounts, lifecycle);
    }

    @Override
    Outbox small() {
        return new MemoryOutbox(100, 1 << 20, new Wakeup(), accounts, lifecycle);
    }
}
