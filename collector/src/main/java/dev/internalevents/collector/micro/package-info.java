/** The HTTP API of Snowplow Micro: paths and JSON shapes. */
@NullMarked
package dev.internalevents.collector.micro;

import org.jspecify.annotations.NullMarked;
