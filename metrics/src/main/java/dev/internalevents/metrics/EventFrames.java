package dev.internalevents.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The events of one batch as one entry of the queue: a version number that differs from that of {@link EventFrame},
 * then the length and the frame of each event.
 */
final class EventFrames {

    private static final byte VERSION = 2;

    private byte[] bytes = new byte[4096];
    private int length = 1;
    private int count;

    EventFrames() {
        bytes[0] = VERSION;
    }

    void add(EventFrame frame) {
        int needed = length + Integer.BYTES + frame.length();
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
        ByteBuffer.wrap(bytes, length, Integer.BYTES).putInt(frame.length());
        System.arraycopy(frame.bytes(), 0, bytes, length + Integer.BYTES, frame.length());
        length = needed;
        count++;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    int count() {
        return count;
    }

    void clear() {
        length = 1;
        count = 0;
    }

    /**
     * Returns the frames of an entry, which is either a single frame or a batch.
     *
     * @throws IOException if a batch is cut off
     */
    static List<byte[]> split(byte[] entry) throws IOException {
        if (entry.length == 0 || entry[0] != VERSION) {
            return List.of(entry);
        }
        List<byte[]> frames = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(entry, 1, entry.length - 1);
        while (in.hasRemaining()) {
            int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new IOException("a batch that ends within an event");
            }
            byte[] frame = new byte[length];
            in.get(frame);
            frames.add(frame);
        }
        return frames;
    }
}
