/**
 * The definitions of events and metrics: the {@link dev.internalevents.definitions.Dictionary}, read from one YAML file
 * per definition, in the format of GitLab's {@code config/events} and {@code config/metrics}.
 */
@NullMarked
package dev.internalevents.definitions;

import org.jspecify.annotations.NullMarked;
