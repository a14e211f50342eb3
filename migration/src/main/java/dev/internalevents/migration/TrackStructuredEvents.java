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
import org.openrewrite.java.ShortenFullyQualifiedTypeReferences;
import org.openrewrite.java.search.UsesMethod;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;

/**
 * Replaces {@code tracker.track(Structured.builder()….build())} by {@code tracker.event(action)….track()}. The action
 * becomes the name of the event. Leaves an event as it is if it has a timestamp of its own, a subject with more than a
 * user, or contexts that are not written in place, and if the result of {@code track} is used.
 */
public final class TrackStructuredEvents extends Recipe {

    private static final MethodMatcher TRACK = new MethodMatcher(
            "com.snowplowanalytics.snowplow.tracker.Tracker track(com.snowplowanalytics.snowplow.tracker.events.Event)");

    private static final MethodMatcher STRUCTURED =
            new MethodMatcher("com.snowplowanalytics.snowplow.tracker.events.Structured builder()");

    private static final Set<String> KNOWN =
            Set.of("action", "category", "label", "property", "value", "subject", "customContext");

    @Override
    public String getDisplayName() {
        return "Track Snowplow's structured events with the client of internal events";
    }

    @Override
    public String getDescription() {
        return "The action becomes the name of the event; category, label, property, value, user and contexts stay.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesMethod<>(TRACK), new JavaVisitor<ExecutionContext>() {
            @Override
            public J visitMethodInvocation(J.MethodInvocation method, ExecutionContext context) {
                J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(method, context);
                EventCall event = isStatement() ? event(call) : null;
                if (event == null) {
                    return call;
                }
                for (String type : SnowplowValues.TYPES) {
                    maybeRemoveImport(type);
                }
                J replaced = event.replace(getCursor(), call);
                doAfterVisit(ShortenFullyQualifiedTypeReferences.modifyOnly(replaced));
                return replaced;
            }

            private boolean isStatement() {
                return getCursor().getParentTreeCursor().getValue() instanceof J.Block;
            }
        });
    }

    /** Returns null if the call tracks something else. */
    private static @Nullable EventCall event(J.MethodInvocation call) {
        Expression tracker = call.getSelect();
        BuilderChain built =
                TRACK.matches(call) ? BuilderChain.of(call.getArguments().get(0), STRUCTURED) : null;
        if (tracker == null
                || built == null
                || !KNOWN.containsAll(built.values().keySet())) {
            return null;
        }
        Map<String, Expression> values = built.values();
        Expression action = values.get("action");
        Expression user = values.containsKey("subject") ? SnowplowValues.onlyUser(values.get("subject")) : null;
        List<Expression> contexts = SnowplowValues.contexts(values.get("customContext"));
        if (action == null || contexts == null || (user == null && values.containsKey("subject"))) {
            return null;
        }
        EventCall event = new EventCall(tracker, action).with("user", "java.lang.String", user);
        for (String setter : List.of("category", "label", "property")) {
            event.with(setter, "java.lang.String", values.get(setter));
        }
        return event.with("value", "java.lang.Number", values.get("value")).withContexts(contexts);
    }
}
