/** Options that several commands share, and how their texts become values. */
@NullMarked
package dev.internalevents.cli.options;

import org.jspecify.annotations.NullMarked;
