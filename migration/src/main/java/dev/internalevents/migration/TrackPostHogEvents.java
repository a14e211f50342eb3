package dev.internalevents.migration;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openrewrite.ExecutionContext;
import org.openrewrite.Preconditions;
import org.openrewrite.Recipe;
import org.openrewrite.TreeVisitor;
import org.openrewrite.java.JavaVisitor;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.search.UsesMethod;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;

/**
 * Replaces {@code posthog.capture(distinctId, name, properties)} by {@code posthog.event(name)….track()}, if the
 * properties are written in place. Leaves PostHog's own events and properties, such as {@code $set}.
 */
public final class TrackPostHogEvents extends Recipe {

    private static final MethodMatcher CAPTURE = new MethodMatcher("com.posthog.java.PostHog capture(..)");

    @Override
    public String getDisplayName() {
        return "Track PostHog's events with the client of internal events";
    }

    @Override
    public String getDescription() {
        return "The distinct id becomes the user; writes the name in snake case; the properties stay.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesMethod<>(CAPTURE), new JavaVisitor<ExecutionContext>() {
            @Override
            public J visitMethodInvocation(J.MethodInvocation method, ExecutionContext context) {
                J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(method, context);
                Expression posthog = call.getSelect();
                if (posthog == null || !CAPTURE.matches(call)) {
                    return call;
                }
                List<Expression> arguments = call.getArguments();
                List<Expression> keysAndValues = properties(arguments);
                if (keysAndValues == null || isPostHogs(arguments.get(1))) {
                    return call;
                }
                return new EventCall(posthog, EventName.of(arguments.get(1)))
                        .with("user", "java.lang.String", arguments.get(0))
                        .putting(keysAndValues)
                        .replace(getCursor(), call);
            }
        });
    }

    /** Returns null if they are not known, or if PostHog gives one of them a meaning. */
    private static @Nullable List<Expression> properties(List<Expression> arguments) {
        List<Expression> all = arguments.size() == 2 ? List.of() : MapLiteral.keysAndValues(arguments.get(2));
        return all == null || all.stream().anyMatch(TrackPostHogEvents::isPostHogs) ? null : all;
    }

    private static boolean isPostHogs(Expression text) {
        return text instanceof J.Literal literal && literal.getValue() instanceof String value && value.startsWith("$");
    }
}
