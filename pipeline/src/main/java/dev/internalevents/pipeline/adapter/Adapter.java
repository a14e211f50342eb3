package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.PayloadData;
import java.util.List;

/** Reads the events out of the requests of one API. Implementations are safe for use by several threads. */
public interface Adapter {

    /**
     * Reads the events of a request. Never blocks.
     *
     * @return at least one entry, in the order sent; one that could not be read does not spoil the others
     * @throws UnreadableRequestException if no event can be read, with what is wrong and where
     */
    List<PayloadData.Entry> events(AdapterRequest request);
}
