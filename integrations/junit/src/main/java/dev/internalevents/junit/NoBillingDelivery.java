package dev.internalevents.junit;

import dev.internalevents.client.billing.BillingEventsClientBuilder;
import dev.internalevents.spring.BillingEventsClientCustomizer;
import org.springframework.core.Ordered;

/**
 * Keeps the starter's billing client from sending and from opening its outbox. Events are still checked, and their
 * twins are recorded. Loaded only if the starter, which is optional, is present.
 */
final class NoBillingDelivery implements BillingEventsClientCustomizer, Ordered {

    @Override
    public void customize(BillingEventsClientBuilder builder) {
        builder.delivery(false);
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
