package dev.internalevents.client.internal.http;

import org.jspecify.annotations.Nullable;

/**
 * The parts of a response that a sender uses.
 *
 * @param status 200 to 599
 * @param retryAfter the header of that name, or null
 * @param acceptEncoding the header of that name, or null: the codings that the server accepts in requests
 * @param location the header of that name, or null
 */
public record HttpResponse(
        int status,
        @Nullable String retryAfter,
        @Nullable String acceptEncoding,
        @Nullable String location) {}
