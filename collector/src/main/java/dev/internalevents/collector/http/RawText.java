package dev.internalevents.collector.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Texts of a request's line and headers, of which Netty makes one character of each byte. */
public final class RawText {

    private static final int LAST_ASCII = 0x7f;
    private static final int LAST_BYTE = 0xff;

    private RawText() {}

    /** Returns the text that was sent as UTF-8; of bytes that are not UTF-8 the text as it is, which is ISO-8859-1. */
    public static String of(String read) {
        for (int i = 0; i < read.length(); i++) {
            if (read.charAt(i) > LAST_ASCII) {
                return decoded(read);
            }
        }
        return read;
    }

    private static String decoded(String read) {
        if (read.chars().anyMatch(c -> c > LAST_BYTE)) {
            // Something else than bytes.
            return read;
        }
        try {
            // A new decoder reports what is wrong.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(read.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return read;
        }
    }
}
