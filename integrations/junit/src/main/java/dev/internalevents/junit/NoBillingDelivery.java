package dev.internalevents.junit;

import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.spring.BillingEventsClientCustomizer;
import org.springframework.core.Ordered;

/**
 * Keeps the starter's billing client from sending, and from opening its outbox; events are checked, and their twins can be
 * looked at. Loaded where the starter is, which is optional.
 */
final class NoBillingDelivery implements BillingEventsClientCustomizer, Ordered {

    @Override
    public void customize(BillingEventsClient.Builder builder) {
        builder.delivery(false);
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
