package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClientBuilder;

/**
 * Changes the client's builder after the properties {@code internal-events.*} were applied and before the client is
 * created. Declare one as a bean to configure what has no property, such as a {@code DeliveryListener}; several run in
 * their {@code @Order}. Called once, on the thread that starts the application. An exception stops the start.
 *
 * <pre>{@code
 * @Bean
 * InternalEventsClientCustomizer auditedDelivery(Audit audit) {
 *     return builder -> builder.deliveryListener(audit);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface InternalEventsClientCustomizer {

    /**
     * Changes the builder.
     *
     * @param builder already has all settings from properties and variables
     */
    void customize(InternalEventsClientBuilder builder);
}
