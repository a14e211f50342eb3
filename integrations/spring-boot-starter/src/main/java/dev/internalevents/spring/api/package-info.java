/** The endpoint that accepts events of clients that cannot send to a collector; independent of the web framework. */
@NullMarked
package dev.internalevents.spring.api;

import org.jspecify.annotations.NullMarked;
