package dev.internalevents.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private static final String CONFIGURATION = SnowplowValues.TRACKER_PACKAGE + "configuration.";

    private static final MethodMatcher CREATE =
            new MethodMatcher(SnowplowValues.TRACKER_PACKAGE + "Snowplow createTracker(..)");

    private static final MethodMatcher NEW_EMITTER_CONFIGURATION =
            new MethodMatcher(CONFIGURATION + "EmitterConfiguration <constructor>()");

    /** Settings of the emitter that the client has too, by Snowplow's names. */
    private static final Map<String, String> EMITTER =
            Map.of("batchSize", "batchSize", "threadCount", "threadCount", "bufferCapacity", "queueCapacity");

    @Override
    public String getDisplayName() {
        return "Create the client of internal events instead of Snowplow's tracker";
    }

    @Override
    public String getDescription() {
        return "Namespace, app id, the URL of the collector and the sizes of the emitter stay.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesMethod<>(CREATE), new JavaVisitor<ExecutionContext>() {
            @Override
            public J visitMethodInvocation(J.MethodInvocation method, ExecutionContext context) {
                J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(method, context);
                Settings settings = CREATE.matches(call) ? Settings.of(call.getArguments()) : null;
                if (settings == null) {
                    return call;
                }
                maybeAddImport(ClientCode.CLIENT);
                maybeAddImport("java.net.URI");
                maybeRemoveImport(SnowplowValues.TRACKER_PACKAGE + "Snowplow");
                for (String part : List.of("Tracker", "Network", "Emitter")) {
                    maybeRemoveImport(CONFIGURATION + part + "Configuration");
                }
                List<Expression> arguments = new ArrayList<>(settings.places());
                String sizes = sizes(settings.emitter(), arguments);
                return ClientCode.template(
                                "InternalEventsClient.builder().namespace(#{any(java.lang.String)})"
                                        + ".appId(#{any(java.lang.String)})"
                                        + ".endpoint(URI.create(#{any(java.lang.String)}))" + sizes + ".build()",
                                ClientCode.CLIENT,
                                "java.net.URI")
                        .apply(getCursor(), call.getCoordinates().replace(), arguments.toArray());
            }
        });
    }

    /** Returns the calls that set the emitter's sizes, and adds their arguments. */
    private static String sizes(Map<String, Expression> values, List<Expression> arguments) {
        StringBuilder code = new StringBuilder();
        for (String name : List.of("batchSize", "threadCount", "bufferCapacity")) {
            Expression value = values.get(name);
            if (value != null) {
                code.append('.').append(EMITTER.get(name)).append("(#{any(int)})");
                arguments.add(value);
            }
        }
        return code.toString();
    }

    /**
     * What a tracker is created with.
     *
     * @param places namespace, app id and URL
     * @param emitter the emitter's sizes, by Snowplow's names
     */
    private record Settings(List<Expression> places, Map<String, Expression> emitter) {

        /** Returns null if there are other settings. */
        static @Nullable Settings of(List<Expression> arguments) {
            if (arguments.size() == 3
                    && arguments.stream().allMatch(argument -> TypeUtils.isString(argument.getType()))) {
                return new Settings(arguments, Map.of());
            }
            if (arguments.size() != 2 && arguments.size() != 3) {
                return null;
            }
            List<Expression> tracker = constructed("TrackerConfiguration", arguments.get(0));
            List<Expression> network = constructed("NetworkConfiguration", arguments.get(1));
            Map<String, Expression> emitter = arguments.size() == 2 ? Map.of() : emitter(arguments.get(2));
            return tracker != null && tracker.size() == 2 && network != null && network.size() == 1 && emitter != null
                    ? new Settings(List.of(tracker.get(0), tracker.get(1), network.get(0)), emitter)
                    : null;
        }

        private static @Nullable List<Expression> constructed(String configuration, Expression argument) {
            return argument instanceof J.NewClass made
                            && made.getBody() == null
                            && TypeUtils.isOfClassType(made.getType(), CONFIGURATION + configuration)
                            && made.getArguments().stream().allMatch(value -> TypeUtils.isString(value.getType()))
                    ? made.getArguments()
                    : null;
        }

        private static @Nullable Map<String, Expression> emitter(Expression argument) {
            BuilderChain chain = BuilderChain.unfinished(argument, NEW_EMITTER_CONFIGURATION);
            return chain != null && EMITTER.keySet().containsAll(chain.values().keySet()) ? chain.values() : null;
        }
    }
}
