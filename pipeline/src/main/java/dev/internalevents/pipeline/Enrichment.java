package dev.internalevents.pipeline;

/** A step after validation that adds data to an event, or replaces data in it. */
interface Enrichment {

    void enrich(EventDraft event);
}
