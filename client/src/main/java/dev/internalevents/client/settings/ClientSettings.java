package dev.internalevents.client.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the settings of both clients have in common: where events are sent and how they are delivered. */
public sealed interface ClientSettings permits InternalEventSettings, BillingEventSettings {

    /** Returns the variables that both clients have. */
    DeliverySettings delivery();

    /** See {@link DeliverySettings#enabled}. */
    default boolean enabled() {
        return delivery().enabled();
    }

    /** See {@link DeliverySettings#endpoint}. */
    default @Nullable URI endpoint() {
        return delivery().endpoint();
    }

    /** See {@link DeliverySettings#endpoints}. */
    default List<URI> endpoints() {
        return delivery().endpoints();
    }

    /** See {@link DeliverySettings#appId}. */
    default String appId() {
        return delivery().appId();
    }

    /** See {@link DeliverySettings#namespace}. */
    default String namespace() {
        return delivery().namespace();
    }

    /** See {@link DeliverySettings#batchSize}. */
    default @Nullable Integer batchSize() {
        return delivery().batchSize();
    }

    /** See {@link DeliverySettings#threadCount}. */
    default int threadCount() {
        return delivery().threadCount();
    }

    /** See {@link DeliverySettings#outbox}. */
    default @Nullable Path outbox() {
        return delivery().outbox();
    }
}
