package dev.internalevents.migration;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;
import org.openrewrite.ExecutionContext;
import org.openrewrite.Option;
import org.openrewrite.Recipe;
import org.openrewrite.TreeVisitor;
import org.openrewrite.java.JavaVisitor;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.tree.J;

/**
 * Replaces a client that is built with a key, as in {@code Analytics.builder(key).build()}, by one with the settings
 * {@code AIGW_INTERNAL_EVENT__…}: the key and the address belong to another service. Leaves a client with further
 * settings.
 */
public final class CreateClientFromEnvironment extends Recipe {

    /** Settings that say where the other service is. */
    private static final Set<String> ADDRESSES = Set.of("host", "endpoint", "setUploadURL");

    @Option(
            displayName = "Builder",
            description = "A method pattern of OpenRewrite: what begins the chain that ends with build().",
            example = "com.segment.analytics.Analytics builder(java.lang.String)")
    private final String builder;

    @JsonCreator
    public CreateClientFromEnvironment(@JsonProperty("builder") String builder) {
        this.builder = builder;
    }

    public String getBuilder() {
        return builder;
    }

    @Override
    public String getDisplayName() {
        return "Create the client of internal events with settings from variables";
    }

    @Override
    public String getDescription() {
        return "Replaces a client that is built with only a key and an address.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        MethodMatcher start = new MethodMatcher(builder);
        return new JavaVisitor<ExecutionContext>() {
            @Override
            public J visitMethodInvocation(J.MethodInvocation method, ExecutionContext context) {
                J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(method, context);
                BuilderChain built = BuilderChain.of(call, start);
                if (built == null || !ADDRESSES.containsAll(built.values().keySet())) {
                    return call;
                }
                maybeAddImport(ClientCode.CLIENT);
                return ClientCode.template("InternalEventsClient.fromEnvironment(\"AIGW\")", ClientCode.CLIENT)
                        .apply(getCursor(), call.getCoordinates().replace());
            }
        };
    }
}
