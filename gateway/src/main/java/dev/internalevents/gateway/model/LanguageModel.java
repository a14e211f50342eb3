package dev.internalevents.gateway.model;

/** Completes text. Safe for use by several threads. */
public interface LanguageModel {

    /** Returns the software that runs the model, for example {@code openai}. */
    String engine();

    /** Returns the model's name. */
    String name();

    /** Returns the provider of the model, for example {@code openai}. */
    String provider();

    /**
     * Returns text to insert between two texts. Blocks until the model has answered.
     *
     * @throws ModelException if the model does not answer
     */
    Completion complete(String before, String after);
}
