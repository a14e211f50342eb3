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
 * One check of data against a schema, bounded in time and memory whatever both are: in steps, by the size of the data, and
 * in the errors that are remembered. A schema that refers to itself in several places of a value multiplies the steps at
 * each level of the data, and an array has as many errors as items. For one thread.
 */
final class BoundedExecution extends ExecutionContext {

    /** Errors that one rule remembers; more of them decide nothing. */
    static final int MAX_ERRORS = 50;

    private static final long STEPS = 20_000;
    private static final long STEPS_PER_VALUE = 100;
    private static final long MAX_STEPS = 20_000_000;

    /** As the schema registry is set up. */
    private static final ExecutionConfig CONFIG = ExecutionConfig.builder()
            .locale(Locale.ENGLISH)
            .formatAssertionsEnabled(true)
            .build();

    private BoundedExecution(ExecutionConfig config) {
        super(config);
        setErrors(new ArrayList<>());
    }

    /**
     * Begins a check.
     *
     * @param refers whether the schema refers to parts of itself: only then steps can multiply, and counting them has a price
     */
    static BoundedExecution of(@Nullable Object data, boolean refers) {
        return new BoundedExecution(
                refers
                        ? ExecutionConfig.builder(CONFIG)
                                .maxEvaluationSteps(Math.min(MAX_STEPS, STEPS + STEPS_PER_VALUE * values(data)))
                                .build()
                        : CONFIG);
    }

    /** Begins a check of a schema against draft 4's, which refers to itself. */
    static BoundedExecution of(JsonNode schema) {
        return new BoundedExecution(ExecutionConfig.builder(CONFIG)
                .maxEvaluationSteps(Math.min(MAX_STEPS, STEPS + STEPS_PER_VALUE * nodes(schema)))
                .build());
    }

    /** How many values there are in one, itself included. */
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

    /** Rules collect the errors of their alternatives in lists of their own. */
    @Override
    public void setErrors(List<Error> errors) {
        super.setErrors(errors instanceof First ? errors : new First(errors));
    }

    /** The first elements that are added to a list; whether it is empty is what rules ask. */
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
