/** The subset of YAML that definitions need: values with line numbers. */
@NullMarked
package dev.internalevents.definitions.yaml;

import org.jspecify.annotations.NullMarked;
