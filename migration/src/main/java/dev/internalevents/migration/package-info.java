/** OpenRewrite recipes that move a code base from other trackers to the client of internal events. */
@NullMarked
package dev.internalevents.migration;

import org.jspecify.annotations.NullMarked;
