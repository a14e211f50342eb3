/** Checks schemas, and folders of schemas, before they are used. */
@NullMarked
package dev.internalevents.iglu.lint;

import org.jspecify.annotations.NullMarked;
