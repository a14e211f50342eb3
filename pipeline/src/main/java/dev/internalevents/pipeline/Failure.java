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
        SPLIT(
                "The request could not be read",
                "Fix the code that sends the request. A request that was received is never changed; send its events again."),
        /** An event's contexts or self-describing event could not be read. */
        DECODE("The event could not be read", "Fix the code that sends the event, then send the event again."),
        /** A parameter has the wrong type or length. */
        ATOMIC("A field is wrong", "Fix the code that sets the field, then send the event again."),
        /** Data does not follow its schema. */
        VALIDATE(
                "The data does not follow its schema",
                "Fix the event or its schema; after fixing the schema, try again."),
        /** No registry has the schema, or data cannot be checked with it. */
        SCHEMA(
                "The schema is missing or cannot be used",
                "Add the schema to a registry that the collector uses, or fix it there; then try again."),
        /** A registry did not respond in time, or rejected the schema; retried when it responds. */
        REGISTRY(
                "The schema could not be looked up",
                "The collector tries again by itself when the registry answers; no change to the event is needed."),
        /** The store rejected this event but accepts others. */
        STORE("The event could not be stored", "Try again; if it fails again, please report the reason.");

        private final String title;
        private final String advice;

        Step(String title, String advice) {
            this.title = title;
            this.advice = advice;
        }

        /** Returns a heading for people. */
        public String title() {
            return title;
        }

        /** Returns what people can do about it, in sentences. */
        public String advice() {
            return advice;
        }
    }

    static Failure of(Step step, String where, String message) {
        return new Failure(step, where, null, "", message);
    }

    /**
     * Returns the failure for a violation of a schema.
     *
     * @param step whether the data does not follow the schema, or the schema itself is the reason
     * @param withValue whether the message may quote the offending value
     */
    static Failure of(Step step, String where, Violation violation, boolean withValue) {
        String message = withValue ? violation.description() : violation.message();
        return new Failure(step, where, violation.schema(), violation.pointer(), message);
    }

    Failure withMessage(String other) {
        return other.equals(message) ? this : new Failure(step, where, schema, pointer, other);
    }

    /**
     * Returns the failure in one clause that begins with its cause, for lists in which only the beginning is visible:
     * {@code source is of type integer, expected string or null (gitlab_standard)}.
     */
    public String reason() {
        if (schema == null) {
            return where + ": " + message;
        } else if (step == Step.SCHEMA || step == Step.REGISTRY) {
            return schema.vendor() + "/" + schema.name() + "/" + schema.version() + ": " + message;
        }
        String place = pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.') + link();
        return place + message + " (" + schema.name() + ")";
    }

    /** Returns what stands between the place and the message, which may follow it as a predicate. */
    private String link() {
        return message.startsWith("is ") || message.startsWith("has ") ? " " : ": ";
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
