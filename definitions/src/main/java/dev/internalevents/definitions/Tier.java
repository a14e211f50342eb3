package dev.internalevents.definitions;

/** A product tier that includes the event or the metric. */
public enum Tier implements Term {
    FREE("free"),
    PREMIUM("premium"),
    ULTIMATE("ultimate");

    private final String term;

    Tier(String term) {
        this.term = term;
    }

    @Override
    public String term() {
        return term;
    }
}
