package dev.internalevents.pipeline;

/** A step after validation that adds data to an event, or removes data from it. */
interface Enrichment {

    void enrich(EventDraft event);
}
