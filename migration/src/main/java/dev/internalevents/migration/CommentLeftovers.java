package dev.internalevents.migration;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openrewrite.ExecutionContext;
import org.openrewrite.Preconditions;
import org.openrewrite.Recipe;
import org.openrewrite.TreeVisitor;
import org.openrewrite.internal.ListUtils;
import org.openrewrite.java.JavaIsoVisitor;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.search.UsesType;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.Space;
import org.openrewrite.java.tree.Statement;
import org.openrewrite.java.tree.TextComment;
import org.openrewrite.marker.Markers;

/** Writes a comment before each statement that the other recipes could not replace: what is left to do, and how. */
public final class CommentLeftovers extends Recipe {

    private static final String MARK = "TODO(internal-events)";

    private static final MethodMatcher SET_SUBJECT =
            new MethodMatcher(CreateClient.TRACKER_PACKAGE + "Tracker setSubject(..)");
    private static final MethodMatcher NEW_TRACKER =
            new MethodMatcher(CreateClient.TRACKER_PACKAGE + "Tracker <constructor>(..)");
    private static final MethodMatcher BUILD_TRACKER =
            new MethodMatcher(CreateClient.TRACKER_PACKAGE + "Tracker builder(..)");

    private static final String CREATE = "create the client with InternalEventsClient.builder(), or with"
            + " fromEnvironment(\"AIGW\") to read its settings from variables";

    @Override
    public String getDisplayName() {
        return "Comment on uses of Snowplow's tracker that are left";
    }

    @Override
    public String getDescription() {
        return "Writes a comment that begins with " + MARK + " before each statement that needs a person.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(
                new UsesType<>(CreateClient.TRACKER_PACKAGE + "*", false), new JavaIsoVisitor<ExecutionContext>() {
                    @Override
                    public J.Block visitBlock(J.Block block, ExecutionContext context) {
                        J.Block visited = super.visitBlock(block, context);
                        return visited.withStatements(
                                ListUtils.map(visited.getStatements(), CommentLeftovers::commented));
                    }
                });
    }

    private static Statement commented(Statement statement) {
        Space prefix = statement.getPrefix();
        boolean isCommented = prefix.getComments().stream()
                .anyMatch(comment ->
                        comment instanceof TextComment text && text.getText().contains(MARK));
        String todo = isCommented ? null : todo(statement);
        return todo == null
                ? statement
                : statement.withPrefix(prefix.withComments(ListUtils.concat(
                        prefix.getComments(),
                        new TextComment(false, " " + MARK + ": " + todo, "\n" + prefix.getIndent(), Markers.EMPTY))));
    }

    /** Returns null if nothing is left in the statement itself; blocks within it are looked at on their own. */
    private static @Nullable String todo(Statement statement) {
        AtomicReference<@Nullable String> first = new AtomicReference<>();
        new JavaIsoVisitor<AtomicReference<@Nullable String>>() {
            @Override
            public J.Block visitBlock(J.Block block, AtomicReference<@Nullable String> found) {
                return block;
            }

            @Override
            public J.MethodInvocation visitMethodInvocation(
                    J.MethodInvocation call, AtomicReference<@Nullable String> found) {
                if (TrackStructuredEvents.TRACK.matches(call)) {
                    found.compareAndSet(
                            null,
                            "track the event with event(NAME)….track(); the user, contexts and properties are"
                                    + " setters of it, and nothing is returned");
                } else if (SET_SUBJECT.matches(call)) {
                    found.compareAndSet(
                            null, "the user comes from the request's context, or from user(ID) of an event");
                } else if (CreateClient.CREATE.matches(call) || BUILD_TRACKER.matches(call)) {
                    found.compareAndSet(null, CREATE);
                }
                return super.visitMethodInvocation(call, found);
            }

            @Override
            public J.NewClass visitNewClass(J.NewClass made, AtomicReference<@Nullable String> found) {
                if (NEW_TRACKER.matches(made)) {
                    found.compareAndSet(null, CREATE);
                }
                return super.visitNewClass(made, found);
            }
        }.visit(statement, first);
        return first.get();
    }
}
