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
import org.openrewrite.java.tree.TypeUtils;

/** Replaces {@code Snowplow.createTracker(namespace, appId, url)}, or the same with configurations, by the client. */
public final class CreateClient extends Recipe {

    static final String TRACKER_PACKAGE = "com.snowplowanalytics.snowplow.tracker.";

    static final MethodMatcher CREATE = new MethodMatcher(TRACKER_PACKAGE + "Snowplow createTracker(..)");

    @Override
    public String getDisplayName() {
        return "Create the client of internal events instead of Snowplow's tracker";
    }

    @Override
    public String getDescription() {
        return "Namespace, app id and the URL of the collector stay.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesMethod<>(CREATE), new JavaVisitor<ExecutionContext>() {
            @Override
            public J visitMethodInvocation(J.MethodInvocation method, ExecutionContext context) {
                J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(method, context);
                List<Expression> settings = CREATE.matches(call) ? settings(call.getArguments()) : null;
                if (settings == null) {
                    return call;
                }
                maybeAddImport(ClientCode.CLIENT);
                maybeAddImport("java.net.URI");
                maybeRemoveImport(TRACKER_PACKAGE + "Snowplow");
                maybeRemoveImport(TRACKER_PACKAGE + "configuration.TrackerConfiguration");
                maybeRemoveImport(TRACKER_PACKAGE + "configuration.NetworkConfiguration");
                return ClientCode.template(
                                "InternalEventsClient.builder().namespace(#{any(java.lang.String)})"
                                        + ".appId(#{any(java.lang.String)})"
                                        + ".endpoint(URI.create(#{any(java.lang.String)})).build()",
                                ClientCode.CLIENT,
                                "java.net.URI")
                        .apply(getCursor(), call.getCoordinates().replace(), settings.toArray());
            }
        });
    }

    /** Returns namespace, app id and URL; null if there are other settings. */
    private static @Nullable List<Expression> settings(List<Expression> arguments) {
        if (arguments.size() == 3 && arguments.stream().allMatch(argument -> TypeUtils.isString(argument.getType()))) {
            return arguments;
        }
        List<Expression> tracker = arguments.size() == 2 ? constructed("TrackerConfiguration", arguments.get(0)) : null;
        List<Expression> network = arguments.size() == 2 ? constructed("NetworkConfiguration", arguments.get(1)) : null;
        return tracker != null && tracker.size() == 2 && network != null && network.size() == 1
                ? List.of(tracker.get(0), tracker.get(1), network.get(0))
                : null;
    }

    private static @Nullable List<Expression> constructed(String configuration, Expression argument) {
        return argument instanceof J.NewClass made
                        && made.getBody() == null
                        && TypeUtils.isOfClassType(made.getType(), TRACKER_PACKAGE + "configuration." + configuration)
                        && made.getArguments().stream().allMatch(value -> TypeUtils.isString(value.getType()))
                ? made.getArguments()
                : null;
    }
}
