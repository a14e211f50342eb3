package dev.internalevents.pipeline;

import dev.internalevents.iglu.Violation;
import dev.internalevents.protocol.SchemaKey;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with an event.
 *
 * @param step the step that failed
 * @param where the parameter, atomic field, context or body
 * @param schema the schema that is violated; null outside of validation
 * @param pointer the place in the data as a JSON pointer; empty for the whole data
 * @param message what is wrong, and what was expected
 */
public record Failure(Step step, String where, @Nullable SchemaKey schema, String pointer, String message) {

    /** The steps that can fail. */
    public enum Step {
        /** The request could not be split into events. */
        SPLIT("The request could not be read"),
        /** An event's contexts or self-describing event could not be read. */
        DECODE("The event could not be read"),
        /** A parameter has the wrong type or length. */
        ATOMIC("A field is wrong"),
        /** Data does not follow its schema. */
        VALIDATE("The data does not follow its schema"),
        /** A registry did not respond in time, or rejected the schema; retried when it responds. */
        REGISTRY("The schema could not be looked up"),
        /** The store rejected this event but accepts others. */
        STORE("The event could not be stored");

        private final String title;

        Step(String title) {
            this.title = title;
        }

        /** Returns a heading for people. */
        public String title() {
            return title;
        }
    }

    static Failure of(Step step, String where, String message) {
        return new Failure(step, where, null, "", message);
    }

    /**
     * Returns the failure for a violation of a schema.
     *
     * @param withValue whether the message may quote the offending value
     */
    static Failure of(String where, Violation violation, boolean withValue) {
        String message = withValue ? violation.description() : violation.message();
        return new Failure(Step.VALIDATE, where, violation.schema(), violation.pointer(), message);
    }

    Failure withMessage(String other) {
        return other.equals(message) ? this : new Failure(step, where, schema, pointer, other);
    }

    /** Returns one sentence with all parts of the failure. */
    public String sentence() {
        StringBuilder sentence = new StringBuilder(where);
        if (schema != null) {
            sentence.append(" (").append(schema).append(")");
        }
        if (!pointer.isEmpty()) {
            sentence.append(" at ").append(pointer);
        }
        return sentence.append(": ").append(message).toString();
    }
}
