/** Queries and changes of the store for requests: on threads that may block, with answers that are sent in parts. */
@NullMarked
package dev.internalevents.collector.query;

import org.jspecify.annotations.NullMarked;
