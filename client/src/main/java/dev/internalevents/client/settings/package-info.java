/** Settings from the environment and a {@code .env} file, checked before anything starts. */
@NullMarked
package dev.internalevents.client.settings;

import org.jspecify.annotations.NullMarked;
