package dev.internalevents.migration;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openrewrite.ExecutionContext;
import org.openrewrite.Option;
import org.openrewrite.Preconditions;
import org.openrewrite.Recipe;
import org.openrewrite.TreeVisitor;
import org.openrewrite.internal.ListUtils;
import org.openrewrite.java.JavaIsoVisitor;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.search.UsesMethod;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.Space;
import org.openrewrite.java.tree.Statement;
import org.openrewrite.java.tree.TextComment;
import org.openrewrite.marker.Markers;

/**
 * Writes a comment before each statement that calls a method which the other recipes could not replace: what is left to
 * do, and how. A statement gets one comment, that of the first recipe with a call of it.
 */
public final class CommentCalls extends Recipe {

    private static final String MARK = "TODO(internal-events)";

    @Option(
            displayName = "Method",
            description = "A method pattern of OpenRewrite.",
            example = "com.example.Tracker identify(..)")
    private final String method;

    @Option(
            displayName = "What to do",
            description = "The text of the comment.",
            example = "track the event with event(NAME)….track()")
    private final String todo;

    @JsonCreator
    public CommentCalls(@JsonProperty("method") String method, @JsonProperty("todo") String todo) {
        this.method = method;
        this.todo = todo;
    }

    public String getMethod() {
        return method;
    }

    public String getTodo() {
        return todo;
    }

    @Override
    public String getDisplayName() {
        return "Comment on calls that are left";
    }

    @Override
    public String getDescription() {
        return "Writes a comment that begins with " + MARK + " before each statement that calls a method.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        MethodMatcher calls = new MethodMatcher(method);
        return Preconditions.check(new UsesMethod<>(calls), new JavaIsoVisitor<ExecutionContext>() {
            @Override
            public J.Block visitBlock(J.Block block, ExecutionContext context) {
                J.Block visited = super.visitBlock(block, context);
                return visited.withStatements(
                        ListUtils.map(visited.getStatements(), statement -> commented(statement, calls)));
            }
        });
    }

    private Statement commented(Statement statement, MethodMatcher calls) {
        Space prefix = statement.getPrefix();
        boolean isCommented = prefix.getComments().stream()
                .anyMatch(comment ->
                        comment instanceof TextComment text && text.getText().contains(MARK));
        return isCommented || !isIn(statement, calls)
                ? statement
                : statement.withPrefix(prefix.withComments(ListUtils.concat(
                        prefix.getComments(),
                        new TextComment(false, " " + MARK + ": " + todo, "\n" + prefix.getIndent(), Markers.EMPTY))));
    }

    /** Returns whether the statement itself has such a call; blocks within it are looked at on their own. */
    private static boolean isIn(Statement statement, MethodMatcher calls) {
        AtomicBoolean found = new AtomicBoolean();
        new JavaIsoVisitor<AtomicBoolean>() {
            @Override
            public J.Block visitBlock(J.Block block, AtomicBoolean any) {
                return block;
            }

            @Override
            public J.MethodInvocation visitMethodInvocation(J.MethodInvocation call, AtomicBoolean any) {
                any.compareAndSet(false, calls.matches(call));
                return super.visitMethodInvocation(call, any);
            }

            @Override
            public J.NewClass visitNewClass(J.NewClass made, AtomicBoolean any) {
                any.compareAndSet(false, calls.matches(made));
                return super.visitNewClass(made, any);
            }
        }.visit(statement, found);
        return found.get();
    }
}
