package dev.internalevents.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;

/** A map that is written in place, whose keys and values are therefore known. */
final class MapLiteral {

    private static final List<MethodMatcher> KEYS_AND_VALUES = Stream.of(
                    "java.util.Map of(..)",
                    "java.util.Collections singletonMap(..)",
                    "java.util.Collections emptyMap()",
                    "com.google.common.collect.ImmutableMap of(..)")
            .map(MethodMatcher::new)
            .toList();

    private static final MethodMatcher OF_ENTRIES = new MethodMatcher("java.util.Map ofEntries(..)");
    private static final MethodMatcher ENTRY = new MethodMatcher("java.util.Map entry(..)");
    private static final MethodMatcher BUILDER = new MethodMatcher("com.google.common.collect.ImmutableMap builder()");

    private MapLiteral() {}

    /**
     * Returns the keys and values in turn: of {@code Map.of}, {@code Map.ofEntries}, {@code Collections.singletonMap}
     * and {@code emptyMap}, Guava's {@code ImmutableMap.of} and {@code builder}, and a {@code HashMap} whose
     * initializer calls {@code put}. Null for any other expression, such as a variable.
     */
    static @Nullable List<Expression> keysAndValues(Expression map) {
        if (map instanceof J.NewClass made) {
            return initialized(made);
        }
        if (!(map instanceof J.MethodInvocation call)) {
            return null;
        }
        if (KEYS_AND_VALUES.stream().anyMatch(factory -> factory.matches(call))) {
            return withoutEmpty(call.getArguments());
        }
        return OF_ENTRIES.matches(call) ? entries(call.getArguments()) : built(call);
    }

    /** Returns the arguments of a call; the tree of a call without any has an empty one. */
    private static List<Expression> withoutEmpty(List<Expression> arguments) {
        return arguments.stream()
                .filter(argument -> !(argument instanceof J.Empty))
                .toList();
    }

    private static @Nullable List<Expression> entries(List<Expression> entries) {
        List<Expression> found = new ArrayList<>();
        for (Expression entry : withoutEmpty(entries)) {
            if (!(entry instanceof J.MethodInvocation call) || !ENTRY.matches(call)) {
                return null;
            }
            found.addAll(call.getArguments());
        }
        return found;
    }

    private static @Nullable List<Expression> built(J.MethodInvocation build) {
        List<Expression> found = new ArrayList<>();
        boolean isBuild =
                build.getSimpleName().equals("build") || build.getSimpleName().equals("buildOrThrow");
        Expression next = isBuild ? build.getSelect() : null;
        while (next instanceof J.MethodInvocation call) {
            if (BUILDER.matches(call)) {
                return found;
            }
            if (!isPut(call)) {
                return null;
            }
            found.addAll(0, call.getArguments());
            next = call.getSelect();
        }
        return null;
    }

    /** Returns what {@code new HashMap<>() {{ put(key, value); … }}} puts. */
    private static @Nullable List<Expression> initialized(J.NewClass made) {
        boolean isEmptyAtFirst = withoutEmpty(made.getArguments()).isEmpty();
        if (!isEmptyAtFirst
                || made.getBody() == null
                || made.getBody().getStatements().size() != 1
                || !(made.getBody().getStatements().get(0) instanceof J.Block initializer)) {
            return null;
        }
        List<Expression> found = new ArrayList<>();
        for (var statement : initializer.getStatements()) {
            if (!(statement instanceof J.MethodInvocation call) || call.getSelect() != null || !isPut(call)) {
                return null;
            }
            found.addAll(call.getArguments());
        }
        return found;
    }

    private static boolean isPut(J.MethodInvocation call) {
        return call.getSimpleName().equals("put") && call.getArguments().size() == 2;
    }
}
