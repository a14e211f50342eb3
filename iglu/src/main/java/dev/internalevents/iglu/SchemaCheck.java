package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Checks schemas themselves: whether they can be used at all, and if not, why. The rules are those of Snowplow's
 * pipeline, which fails each event that needs an invalid schema. Safe for use by several threads; never blocks.
 */
public final class SchemaCheck {

    private static final int SHOWN = 3;
    private static final SchemaCompiler COMPILER = new SchemaCompiler();

    private SchemaCheck() {}

    /**
     * Returns what makes a schema unusable; empty if nothing does.
     *
     * @param key the name under which it was found
     * @param schema its text; may be any text
     */
    public static List<SchemaProblem> problems(SchemaKey key, String schema) {
        return COMPILER.compile(key, schema).problems();
    }

    /** Returns the first problems in one clause. */
    static String sentence(List<SchemaProblem> problems) {
        String first =
                problems.stream().limit(SHOWN).map(SchemaProblem::toString).collect(Collectors.joining("; "));
        int more = problems.size() - SHOWN;
        return more > 0 ? first + "; and " + more + " more" : first;
    }
}
