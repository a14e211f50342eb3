package dev.internalevents.migration;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openrewrite.Cursor;
import org.openrewrite.java.JavaTemplate;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;

/** The code {@code client.event(name)….track()}. */
final class EventCall {

    private final StringBuilder code = new StringBuilder("#{any(" + ClientCode.CLIENT + ")}");
    private final List<Expression> arguments = new ArrayList<>();

    EventCall(Expression client, Expression name) {
        arguments.add(client);
        with("event", "java.lang.String", name);
    }

    /**
     * Adds a call of a setter.
     *
     * @param argument null for no call
     */
    EventCall with(String setter, String type, @Nullable Expression argument) {
        if (argument != null) {
            code.append('.').append(setter).append("(#{any(").append(type).append(")})");
            arguments.add(argument);
        }
        return this;
    }

    /** Adds {@code put(key, value)} for each two of a list of keys and values. */
    EventCall putting(List<Expression> keysAndValues) {
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            code.append(".put(#{any(java.lang.String)}, #{any(java.lang.Object)})");
            arguments.add(keysAndValues.get(i));
            arguments.add(keysAndValues.get(i + 1));
        }
        return this;
    }

    /** Adds a context for each two of a list of schemas, as texts, and data. */
    EventCall withContexts(List<Expression> schemasAndData) {
        for (int i = 0; i < schemasAndData.size(); i += 2) {
            code.append(".context(new " + ClientCode.CONTEXT + "(" + ClientCode.SCHEMA_KEY
                    + ".parse(#{any(java.lang.String)}), #{any(java.lang.Object)}))");
            arguments.add(schemasAndData.get(i));
            arguments.add(schemasAndData.get(i + 1));
        }
        return this;
    }

    /** @param cursor of the call that is replaced */
    J replace(Cursor cursor, J.MethodInvocation call) {
        JavaTemplate template = ClientCode.template(code.append(".track()").toString());
        return template.apply(cursor, call.getCoordinates().replace(), arguments.toArray());
    }
}
