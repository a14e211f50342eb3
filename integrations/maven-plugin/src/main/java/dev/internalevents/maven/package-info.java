/** The goals of the Maven plugin. */
@NullMarked
package dev.internalevents.maven;

import org.jspecify.annotations.NullMarked;
