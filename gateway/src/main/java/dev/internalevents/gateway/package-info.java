/** An AI Gateway in Java: an example of a service that tracks internal events. */
@NullMarked
package dev.internalevents.gateway;

import org.jspecify.annotations.NullMarked;
