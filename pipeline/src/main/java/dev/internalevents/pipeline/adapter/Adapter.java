package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.PayloadData;
import java.util.List;

/** Reads events from the requests of one API. Implementations are thread-safe. */
public interface Adapter {

    /**
     * Reads the events of a request. Never blocks.
     *
     * @return at least one entry, in the order sent; an entry that could not be read does not affect the others
     * @throws UnreadableRequestException if no event can be read, with what is wrong and where
     */
    List<PayloadData.Entry> events(AdapterRequest request);
}
