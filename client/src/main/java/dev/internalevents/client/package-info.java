/** Tracking from a service: one client, one context a request, and one line where something happens. */
@NullMarked
package dev.internalevents.client;

import org.jspecify.annotations.NullMarked;
