package dev.internalevents.client.internal.emitter;

import java.net.URI;

/**
 * One of the collectors that a client sends to.
 *
 * @param index its place in the settings, from 0
 * @param circuit decides whether requests may be sent to it
 * @param health records whether it accepts events
 */
record Endpoint(int index, URI address, Circuit circuit, CollectorHealth health) {}
