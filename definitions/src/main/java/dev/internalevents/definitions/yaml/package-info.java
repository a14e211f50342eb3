/** YAML as definitions need it: values that know their lines, and nothing that a definition has no use for. */
@NullMarked
package dev.internalevents.definitions.yaml;

import org.jspecify.annotations.NullMarked;
