package dev.internalevents.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.MethodMatcher;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.TypeUtils;

/** Values of Snowplow's tracker that are written in place. */
final class SnowplowValues {

    static final String TRACKER_PACKAGE = "com.snowplowanalytics.snowplow.tracker.";

    private static final String CONTEXT = TRACKER_PACKAGE + "payload.SelfDescribingJson";

    /** The types of what is read here; unused after it has been replaced. */
    static final List<String> TYPES =
            List.of(CONTEXT, TRACKER_PACKAGE + "Subject", TRACKER_PACKAGE + "configuration.SubjectConfiguration");

    private static final MethodMatcher SUBJECT_BUILDER = new MethodMatcher(TRACKER_PACKAGE + "Subject builder()");

    private static final MethodMatcher NEW_SUBJECT = new MethodMatcher(
            TRACKER_PACKAGE + "Subject <constructor>(" + TRACKER_PACKAGE + "configuration.SubjectConfiguration)");

    private static final MethodMatcher NEW_SUBJECT_CONFIGURATION =
            new MethodMatcher(TRACKER_PACKAGE + "configuration.SubjectConfiguration <constructor>()");

    private static final List<MethodMatcher> LISTS = Stream.of(
                    "java.util.List of(..)",
                    "java.util.Arrays asList(..)",
                    "java.util.Collections singletonList(..)",
                    "java.util.Collections emptyList()")
            .map(MethodMatcher::new)
            .toList();

    private SnowplowValues() {}

    /** Returns the user of a subject that has nothing else; null for any other subject. */
    static @Nullable Expression onlyUser(@Nullable Expression subject) {
        BuilderChain built;
        if (subject instanceof J.NewClass made && NEW_SUBJECT.matches(made) && made.getBody() == null) {
            built = BuilderChain.unfinished(made.getArguments().get(0), NEW_SUBJECT_CONFIGURATION);
        } else {
            built = subject == null ? null : BuilderChain.of(subject, SUBJECT_BUILDER);
        }
        return built != null && built.values().size() == 1 ? built.values().get("userId") : null;
    }

    /** Returns the schemas and the data of contexts in turn; null if they are not known. */
    static @Nullable List<Expression> contexts(@Nullable Expression list) {
        if (list == null) {
            return List.of();
        }
        if (!(list instanceof J.MethodInvocation call) || LISTS.stream().noneMatch(factory -> factory.matches(call))) {
            return null;
        }
        List<Expression> found = new ArrayList<>();
        for (Expression context : call.getArguments()) {
            if (context instanceof J.NewClass made && isContextOfAMap(made)) {
                found.addAll(made.getArguments());
            } else if (!(context instanceof J.Empty)) {
                return null;
            }
        }
        return found;
    }

    /** Other data, such as a {@code TrackerPayload}, is not data of the client. */
    private static boolean isContextOfAMap(J.NewClass made) {
        return TypeUtils.isOfClassType(made.getType(), CONTEXT)
                && made.getBody() == null
                && made.getArguments().size() == 2
                && TypeUtils.isString(made.getArguments().get(0).getType())
                && TypeUtils.isAssignableTo(
                        "java.util.Map", made.getArguments().get(1).getType());
    }
}
