package dev.internalevents.collector.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes the texts of a request line or header, in which Netty turns each byte into one character. */
public final class RawText {

    private static final int LAST_ASCII = 0x7f;
    private static final int LAST_BYTE = 0xff;

    private RawText() {}

    /** Decodes a text as UTF-8; returns it unchanged, as ISO-8859-1, if its bytes are not valid UTF-8. */
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
            // Not made of single bytes.
            return read;
        }
        try {
            // A new decoder reports invalid bytes instead of replacing them.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(read.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return read;
        }
    }
}
