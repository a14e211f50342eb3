package dev.internalevents.pipeline;

/** One step that adds to an event, or takes away from it, after it was found good. */
interface Enrichment {

    void enrich(EventDraft event);
}
