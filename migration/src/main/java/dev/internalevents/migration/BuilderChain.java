package dev.internalevents.migration;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;

/**
 * An object that is built in one expression, such as {@code Structured.builder().action("a").build()}.
 *
 * @param values the argument of each setter, by the setter's name
 */
record BuilderChain(Map<String, Expression> values) {

    /** Returns null for any other expression. */
    static @Nullable BuilderChain of(Expression built, MethodMatcher start) {
        if (!(built instanceof J.MethodInvocation build)
                || !build.getSimpleName().equals("build")) {
            return null;
        }
        Map<String, Expression> values = new HashMap<>();
        Expression next = build.getSelect();
        while (next instanceof J.MethodInvocation call) {
            if (start.matches(call)) {
                return new BuilderChain(values);
            }
            // A setter that is called twice, or with several arguments, is nothing that a recipe understands.
            if (call.getArguments().size() != 1
                    || values.put(call.getSimpleName(), call.getArguments().get(0)) != null) {
                return null;
            }
            next = call.getSelect();
        }
        return null;
    }
}
