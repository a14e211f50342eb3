/** The {@code internal-events} command; one class a subcommand. */
@NullMarked
package dev.internalevents.cli;

import org.jspecify.annotations.NullMarked;
