package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event while it is being processed. Not thread-safe. */
final class EventDraft {

    RawEvent raw;
    final AtomicValues atomic;
    Contexts contexts;

    @Nullable
    UnstructEvent unstruct;

    final List<SelfDescribingJson> derived = new ArrayList<>(1);

    EventDraft(RawEvent raw, AtomicValues atomic, Contexts contexts, @Nullable UnstructEvent unstruct) {
        this.raw = raw;
        this.atomic = atomic;
        this.contexts = contexts;
        this.unstruct = unstruct;
    }
}
