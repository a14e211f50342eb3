package dev.internalevents.migration;

import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * Replaces {@code analytics.enqueue(TrackMessage.builder(name)…)} by {@code analytics.event(name)….track()}, if the
 * message has nothing but a user and properties that are written in place.
 */
public final class TrackSegmentEvents extends Recipe {

    private static final MethodMatcher ENQUEUE =
            new MethodMatcher("com.segment.analytics.Analytics enqueue(com.segment.analytics.messages.MessageBuilder)");

    private static final MethodMatcher MESSAGE =
            new MethodMatcher("com.segment.analytics.messages.TrackMessage builder(java.lang.String)");

    private static final Set<String> KNOWN = Set.of("userId", "properties");

    @Override
    public String getDisplayName() {
        return "Track Segment's events with the client of internal events";
    }

    @Override
    public String getDescription() {
        return "Writes the name in snake case; the user and the properties stay.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesMethod<>(ENQUEUE), new JavaVisitor<ExecutionContext>() {
            @Override
            public J visitMethodInvocation(J.MethodInvocation method, ExecutionContext context) {
                J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(method, context);
                Expression analytics = call.getSelect();
                BuilderChain message = ENQUEUE.matches(call)
                        ? BuilderChain.unfinished(call.getArguments().get(0), MESSAGE)
                        : null;
                if (analytics == null
                        || message == null
                        || !KNOWN.containsAll(message.values().keySet())) {
                    return call;
                }
                Map<String, Expression> values = message.values();
                List<Expression> keysAndValues = properties(values.get("properties"));
                if (keysAndValues == null) {
                    return call;
                }
                maybeRemoveImport("com.segment.analytics.messages.TrackMessage");
                return new EventCall(
                                analytics,
                                EventName.of(message.start().getArguments().get(0)))
                        .with("user", "java.lang.String", values.get("userId"))
                        .putting(keysAndValues)
                        .replace(getCursor(), call);
            }
        });
    }

    /** Returns null if they are not known. */
    private static @Nullable List<Expression> properties(@Nullable Expression map) {
        return map == null ? List.of() : MapLiteral.keysAndValues(map);
    }
}
