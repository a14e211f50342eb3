/** Checks definitions against each other and against the groups and categories that may own them. */
@NullMarked
package dev.internalevents.definitions.check;

import org.jspecify.annotations.NullMarked;
