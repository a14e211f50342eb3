package dev.internalevents.migration;

import java.util.ArrayList;
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
 * Replaces {@code tracker.track(Structured.builder()….build())} by {@code tracker.event(action)….track()}. The action
 * becomes the name of the event. Leaves an event as it is if it has a subject, contexts or a timestamp of its own, and
 * if the result of {@code track} is used.
 */
public final class TrackStructuredEvents extends Recipe {

    static final MethodMatcher TRACK = new MethodMatcher(
            "com.snowplowanalytics.snowplow.tracker.Tracker track(com.snowplowanalytics.snowplow.tracker.events.Event)");

    private static final MethodMatcher STRUCTURED =
            new MethodMatcher("com.snowplowanalytics.snowplow.tracker.events.Structured builder()");

    private static final Set<String> KNOWN = Set.of("action", "category", "label", "property", "value");

    @Override
    public String getDisplayName() {
        return "Track Snowplow's structured events with the client of internal events";
    }

    @Override
    public String getDescription() {
        return "The action becomes the name of the event; category, label, property and value stay.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesMethod<>(TRACK), new JavaVisitor<ExecutionContext>() {
            @Override
            public J visitMethodInvocation(J.MethodInvocation method, ExecutionContext context) {
                J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(method, context);
                Map<String, Expression> values = structured(call);
                Expression tracker = call.getSelect();
                if (values == null || tracker == null || !isStatement()) {
                    return call;
                }
                StringBuilder code = new StringBuilder("#{any(" + ClientCode.CLIENT + ")}");
                List<Object> arguments = new ArrayList<>(List.of(tracker));
                append(code, arguments, "event", "java.lang.String", values.get("action"));
                for (String setter : List.of("category", "label", "property")) {
                    append(code, arguments, setter, "java.lang.String", values.get(setter));
                }
                append(code, arguments, "value", "java.lang.Number", values.get("value"));
                return ClientCode.template(code + ".track()")
                        .apply(getCursor(), call.getCoordinates().replace(), arguments.toArray());
            }

            private boolean isStatement() {
                return getCursor().getParentTreeCursor().getValue() instanceof J.Block;
            }
        });
    }

    /** Returns null if the call tracks something else. */
    private static @Nullable Map<String, Expression> structured(J.MethodInvocation call) {
        if (!TRACK.matches(call)) {
            return null;
        }
        BuilderChain event = BuilderChain.of(call.getArguments().get(0), STRUCTURED);
        return event != null
                        && event.values().containsKey("action")
                        && KNOWN.containsAll(event.values().keySet())
                ? event.values()
                : null;
    }

    private static void append(
            StringBuilder code, List<Object> arguments, String method, String type, @Nullable Expression argument) {
        if (argument != null) {
            code.append('.').append(method).append("(#{any(").append(type).append(")})");
            arguments.add(argument);
        }
    }
}
