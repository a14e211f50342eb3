package dev.internalevents.client.internal.middleware;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.EndpointState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's health, for the health API of any framework. If no collector responds, or an outbox cannot be written, it
 * is unknown, never down: events are queued, and the service itself works.
 *
 * @param isUp false if the health is unknown
 * @param details by name; no value is null
 */
public record ClientHealth(boolean isUp, Map<String, Object> details) {

    public static ClientHealth of(InternalEventsClient client) {
        return of(client.endpointStates(), client.lastFailure(), client.outboxFailure(), client.stats());
    }

    public static ClientHealth of(BillingEventsClient client) {
        return of(client.endpointStates(), client.lastFailure(), client.outboxFailure(), client.stats());
    }

    private static ClientHealth of(
            List<EndpointState> endpoints,
            @Nullable String failure,
            @Nullable String outboxFailure,
            ClientStats stats) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (failure != null) {
            details.put("failure", failure);
        }
        if (outboxFailure != null) {
            details.put("outboxFailure", outboxFailure);
        }
        if (endpoints.size() > 1) {
            Map<String, String> states = new LinkedHashMap<>();
            endpoints.forEach(
                    each -> states.put(each.endpoint().toString(), each.failure() == null ? "works" : each.failure()));
            details.put("endpoints", states);
        }
        // A client that only checks and counts events is enabled too, but has no endpoint to send them to.
        details.put("enabled", !endpoints.isEmpty());
        details.put("tracked", stats.tracked());
        details.put("delivered", stats.delivered());
        details.put("rejected", stats.rejected());
        details.put("dropped", stats.dropped());
        details.put("held", stats.held());
        details.put("spooled", stats.spooled());
        return new ClientHealth(failure == null && outboxFailure == null, details);
    }
}
