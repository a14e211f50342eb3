/**
 * What events and metrics there are: the {@link dev.internalevents.definitions.Dictionary}, read from one YAML file each,
 * in the format of GitLab's {@code config/events} and {@code config/metrics}.
 */
@NullMarked
package dev.internalevents.definitions;

import org.jspecify.annotations.NullMarked;
