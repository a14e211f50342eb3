/** The pages as a site of static HTML. */
@NullMarked
package dev.internalevents.site;

import org.jspecify.annotations.NullMarked;
