package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.JsonWriter;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The buffers in which threads encode events before they are stored on disk. They are shared by threads, so that none
 * stays referenced by a thread, and striped, so that threads rarely need the same ones.
 */
final class EncodeBuffers {

    private static final int STRIPES = 16;

    private final AtomicReferenceArray<@Nullable Buffers> free = new AtomicReferenceArray<>(STRIPES);

    /** The two buffers used to encode an event. */
    record Buffers(JsonWriter out, JsonWriter scratch) {}

    /** Returns buffers that no other thread uses. */
    Buffers take() {
        Buffers buffers = free.getAndSet(Stripe.ofThread(STRIPES), null);
        return buffers == null ? new Buffers(new JsonWriter(2048), new JsonWriter(1024)) : buffers;
    }

    void giveBack(Buffers buffers) {
        free.set(Stripe.ofThread(STRIPES), buffers);
    }
}
