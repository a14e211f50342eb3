/** The endpoint that takes events of clients that cannot send to a collector, without its transport. */
@NullMarked
package dev.internalevents.spring.api;

import org.jspecify.annotations.NullMarked;
