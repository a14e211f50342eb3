/** The HTTP API of Snowplow Micro, with additions: paths and JSON shapes. */
@NullMarked
package dev.internalevents.collector.micro;

import org.jspecify.annotations.NullMarked;
