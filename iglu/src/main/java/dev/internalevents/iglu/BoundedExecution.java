package dev.internalevents.iglu;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One check of data against a schema with bounded time and memory. The number of steps is limited in proportion to the
 * size of the data, and so is the number of errors recorded. Otherwise a schema that refers to itself in several places
 * of a value would multiply the steps at each level of the data, and an array could have as many errors as items. For
 * one thread.
 */
final class BoundedExecution extends ExecutionContext {

    /** The maximum number of errors recorded for one rule; further ones do not change the result. */
    static final int MAX_ERRORS = 50;

    private static final long STEPS = 20_000;
    private static final long STEPS_PER_VALUE = 100;
    private static final long MAX_STEPS = 20_000_000;

    /** The same settings as those of the schema registry. */
    private static final ExecutionConfig CONFIG = ExecutionConfig.builder()
            .locale(Locale.ENGLISH)
            .formatAssertionsEnabled(true)
            .build();

    private BoundedExecution(ExecutionConfig config) {
        super(config);
        setErrors(new ArrayList<>());
    }

    /**
     * Starts a check.
     *
     * @param refers whether the schema refers to parts of itself; only then can steps multiply, and counting them has a
     *     cost
     */
    static BoundedExecution of(@Nullable Object data, boolean refers) {
        return new BoundedExecution(
                refers
                        ? ExecutionConfig.builder(CONFIG)
                                .maxEvaluationSteps(Math.min(MAX_STEPS, STEPS + STEPS_PER_VALUE * values(data)))
                                .build()
                        : CONFIG);
    }

    /** Starts a check of a schema against the schema of draft 4, which refers to itself. */
    static BoundedExecution of(JsonNode schema) {
        return new BoundedExecution(ExecutionConfig.builder(CONFIG)
                .maxEvaluationSteps(Math.min(MAX_STEPS, STEPS + STEPS_PER_VALUE * nodes(schema)))
                .build());
    }

    /** Returns the number of values in a node, including itself. */
    static long nodes(JsonNode node) {
        long nodes = 1;
        for (JsonNode inner : node.values()) {
            nodes += nodes(inner);
        }
        return nodes;
    }

    private static long values(@Nullable Object data) {
        long values = 1;
        if (data instanceof Map<?, ?> object) {
            for (Object value : object.values()) {
                values += values(value);
            }
        } else if (data instanceof List<?> list) {
            for (Object item : list) {
                values += values(item);
            }
        }
        return values;
    }

    /** Limits the list of errors; rules with alternatives collect the errors of each in a separate list. */
    @Override
    public void setErrors(List<Error> errors) {
        super.setErrors(errors instanceof First ? errors : new First(errors));
    }

    /** A list that keeps only the first elements added to it; rules only need to know whether it is empty. */
    private static final class First extends AbstractList<Error> {

        private final List<Error> errors;

        private First(List<Error> errors) {
            this.errors = errors;
        }

        @Override
        public void add(int index, Error error) {
            if (errors.size() < MAX_ERRORS) {
                errors.add(index, error);
            }
        }

        @Override
        public Error get(int index) {
            return errors.get(index);
        }

        @Override
        public Error set(int index, Error error) {
            return errors.set(index, error);
        }

        @Override
        public Error remove(int index) {
            return errors.remove(index);
        }

        @Override
        public int size() {
            return errors.size();
        }
    }
}
