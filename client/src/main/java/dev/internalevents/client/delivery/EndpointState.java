package dev.internalevents.client.delivery;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Whether one of a client's endpoints accepts events.
 *
 * @param endpoint the collector's address, as in the settings
 * @param failure why the last request to it failed, as a message; null if the collector accepted it, or if there was
 *     none yet
 */
public record EndpointState(URI endpoint, @Nullable String failure) {}
