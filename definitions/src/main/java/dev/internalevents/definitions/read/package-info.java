/** Reads definition files: {@link dev.internalevents.definitions.read.DefinitionFiles}. */
@NullMarked
package dev.internalevents.definitions.read;

import org.jspecify.annotations.NullMarked;
