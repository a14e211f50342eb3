/** An AI Gateway in Java: the example of a service that tracks internal events. */
@NullMarked
package dev.internalevents.gateway;

import org.jspecify.annotations.NullMarked;
