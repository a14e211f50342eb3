/** Delivery options and notifications for applications: policies, reasons, listeners. */
@NullMarked
package dev.internalevents.client.delivery;

import org.jspecify.annotations.NullMarked;
