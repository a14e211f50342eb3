package dev.internalevents.spring.api;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code internal-events.api.*}.
 *
 * @param enabled Whether there is an endpoint that accepts events of signed-in users.
 * @param path Path of the endpoint.
 * @param eventsPerMinute Maximum number of events of a user in a minute, 50 or more.
 */
@ConfigurationProperties("internal-events.api")
public record EventApiProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("/api/internal-events") String path,
        @DefaultValue("600") int eventsPerMinute) {}
