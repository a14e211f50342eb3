package dev.internalevents.migration;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.MethodCall;

/**
 * An object that is built in one expression, such as {@code Structured.builder().action("a").build()}.
 *
 * @param start the call that begins the chain: of a method, or of a constructor
 * @param values the argument of each setter, by the setter's name
 */
record BuilderChain(MethodCall start, Map<String, Expression> values) {

    /** Returns null for any other expression. */
    static @Nullable BuilderChain of(Expression built, MethodMatcher start) {
        return built instanceof J.MethodInvocation build
                        && build.getSimpleName().equals("build")
                        && build.getSelect() != null
                ? unfinished(build.getSelect(), start)
                : null;
    }

    /** Reads a chain without the call of {@code build}; returns null for any other expression. */
    static @Nullable BuilderChain unfinished(Expression chain, MethodMatcher start) {
        Map<String, Expression> values = new HashMap<>();
        Expression next = chain;
        while (next instanceof MethodCall call) {
            if (start.matches(call)) {
                return call instanceof J.NewClass made && made.getBody() != null
                        ? null
                        : new BuilderChain(call, values);
            }
            // A setter that is called twice, or with several arguments, is nothing that a recipe understands.
            if (!(call instanceof J.MethodInvocation setter)
                    || setter.getArguments().size() != 1
                    || values.put(setter.getSimpleName(), setter.getArguments().get(0)) != null) {
                return null;
            }
            next = setter.getSelect();
        }
        return null;
    }
}
