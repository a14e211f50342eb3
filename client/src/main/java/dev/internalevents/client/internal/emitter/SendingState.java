package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;

/**
 * What the sending threads of an emitter share.
 *
 * @param batches provides the events to send
 * @param circuit decides whether requests may be sent
 * @param accounts counts and reports what becomes of events
 * @param health records whether the collector accepts events
 * @param undelivered stores events that are not delivered
 * @param backlog notified when events are finished
 */
record SendingState(
        Batches batches,
        Circuit circuit,
        Accounts accounts,
        CollectorHealth health,
        Undelivered undelivered,
        Backlog backlog,
        Lifecycle lifecycle) {}
