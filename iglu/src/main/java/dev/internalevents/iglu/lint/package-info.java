/** Checks of schemas and of folders of them, before they are used. */
@NullMarked
package dev.internalevents.iglu.lint;

import org.jspecify.annotations.NullMarked;
