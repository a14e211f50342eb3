/** The subcommands of {@code internal-events}, one class each. */
@NullMarked
package dev.internalevents.cli.commands;

import org.jspecify.annotations.NullMarked;
