package dev.internalevents.gateway.model;

/** Continues code. Safe for use by several threads. */
public interface CodeModel {

    /** Who runs the model, for example {@code echo}. */
    String engine();

    /** The model's name. */
    String name();

    /**
     * What may stand between two texts. Blocks until the model has answered.
     *
     * @throws ModelException when it does not
     */
    String complete(String before, String after);
}
