/** Requests to running collectors and other servers. */
@NullMarked
package dev.internalevents.cli.http;

import org.jspecify.annotations.NullMarked;
