package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.internal.Lifecycle;

/**
 * What the sending threads of an emitter share.
 *
 * @param batches provides the events to send
 * @param endpoints decides whether requests may be sent, and where
 * @param accounts counts and reports what becomes of events
 * @param undelivered stores events that are not delivered
 * @param backlog notified when events are finished
 */
record SendingState(
        Batches batches,
        Endpoints endpoints,
        Accounts accounts,
        Undelivered undelivered,
        Backlog backlog,
        Lifecycle lifecycle) {}
