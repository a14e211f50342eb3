/** Billing events: what a customer is billed for, sent apart from internal events and kept on disk until it is delivered. */
@NullMarked
package dev.internalevents.client.billing;

import org.jspecify.annotations.NullMarked;
