package dev.internalevents.client.delivery;

/** Whether requests are compressed with gzip. */
public enum Compression {

    /** Never; what every collector takes. */
    NONE,

    /** Once an answer has said {@code Accept-Encoding: gzip} (RFC 9110, 12.5.3), and until one says otherwise or 415. */
    WHEN_ACCEPTED,

    /** Always: the collector is known to take it. */
    ALWAYS
}
