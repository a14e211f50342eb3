/** What the middleware for servlets, gRPC and Spring shares. Not part of the API. */
@NullMarked
package dev.internalevents.client.internal.middleware;

import org.jspecify.annotations.NullMarked;
