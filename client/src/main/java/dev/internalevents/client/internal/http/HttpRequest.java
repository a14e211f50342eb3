package dev.internalevents.client.internal.http;

/**
 * The body of a POST.
 *
 * @param bytes contains the body; the {@link HttpConnection#HEADROOM} before it is overwritten
 * @param from the start of the body, {@link HttpConnection#HEADROOM} or more
 * @param to the end of the body
 * @param gzip whether it is compressed with gzip
 */
public record HttpRequest(byte[] bytes, int from, int to, boolean gzip) {}
