/** What an application decides about delivery, and what it is told: policies, reasons, listeners. */
@NullMarked
package dev.internalevents.client.delivery;

import org.jspecify.annotations.NullMarked;
