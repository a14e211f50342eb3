/** {@code internal-events define}: asks the questions for a new event or metric, and writes its file. */
@NullMarked
package dev.internalevents.cli.define;

import org.jspecify.annotations.NullMarked;
