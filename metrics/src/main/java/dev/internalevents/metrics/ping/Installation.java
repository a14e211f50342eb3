package dev.internalevents.metrics.ping;

import java.util.UUID;

/**
 * The sender of a Service Ping.
 *
 * @param uuid of the installation, the same in every ping
 * @param version of the product
 * @param installationType how it is installed, for example {@code docker}
 * @param edition for example {@code CE}
 */
public record Installation(UUID uuid, String hostname, String version, String installationType, String edition) {}
