/** What shells and {@code man} show about the command, generated from its options. */
@NullMarked
package dev.internalevents.cli.shell;

import org.jspecify.annotations.NullMarked;
