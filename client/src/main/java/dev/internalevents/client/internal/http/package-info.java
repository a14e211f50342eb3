/**
 * HTTP/1.1 for one thing: a POST and its status, one after the other on a connection that is kept. Internal.
 */
@NullMarked
package dev.internalevents.client.internal.http;

import org.jspecify.annotations.NullMarked;
