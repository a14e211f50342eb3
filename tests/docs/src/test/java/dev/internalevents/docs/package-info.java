/** Tests of README.md and docs: each code block is compiled, parsed or run. */
@NullMarked
package dev.internalevents.docs;

import org.jspecify.annotations.NullMarked;
