/**
 * Billing events: the usage that a customer is billed for, sent separately from internal events and stored on disk
 * until it is delivered.
 */
@NullMarked
package dev.internalevents.client.billing;

import org.jspecify.annotations.NullMarked;
