/** Text for terminals: UTF-8, tables, lines without control characters. */
@NullMarked
package dev.internalevents.cli.terminal;

import org.jspecify.annotations.NullMarked;
