/** The web page and what it asks for. */
@NullMarked
package dev.internalevents.collector.dashboard;

import org.jspecify.annotations.NullMarked;
