/** One line of JSON for each request, with the events tracked in it. */
@NullMarked
package dev.internalevents.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
