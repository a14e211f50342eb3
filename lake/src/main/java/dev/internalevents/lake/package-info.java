/** Events as Iceberg tables. */
@NullMarked
package dev.internalevents.lake;

import org.jspecify.annotations.NullMarked;
