/**
 * A minimal HTTP/1.1 client: POST requests and their statuses, one after the other on a persistent connection.
 * Internal.
 */
@NullMarked
package dev.internalevents.client.internal.http;

import org.jspecify.annotations.NullMarked;
