package dev.internalevents.gateway.model;

/** Continues texts. Safe for use by several threads. */
public interface LanguageModel {

    /** The software that runs the model, for example {@code openai}. */
    String engine();

    /** The model's name. */
    String name();

    /** Who provides the model, for example {@code openai}. */
    String provider();

    /**
     * Returns what may stand between two texts. Blocks until the model has answered.
     *
     * @throws ModelException if it does not
     */
    Completion complete(String before, String after);
}
