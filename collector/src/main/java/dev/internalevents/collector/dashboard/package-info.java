/** The dashboard's web page and its files. */
@NullMarked
package dev.internalevents.collector.dashboard;

import org.jspecify.annotations.NullMarked;
