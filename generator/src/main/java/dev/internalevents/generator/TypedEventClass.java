package dev.internalevents.generator;

import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The source of one event's class: a step for each identifier, then a method for each additional property. */
final class TypedEventClass {

    private static final Set<String> TAKEN = Set.of(
            "track",
            "fromContext",
            "category",
            "event",
            "wait",
            "notify",
            "notifyAll",
            "getClass",
            "hashCode",
            "equals",
            "toString",
            "clone",
            "finalize",
            "featureEnabledByNamespaceIds");

    private final EventDefinition event;
    private final String packageName;
    private final String type;
    private final List<Identifier> steps = new ArrayList<>();
    private final StringBuilder out = new StringBuilder();

    TypedEventClass(EventDefinition event, String packageName) {
        this.event = event;
        this.packageName = packageName;
        this.type = JavaText.typeName(event.action());
        for (Identifier identifier : List.of(Identifier.USER, Identifier.PROJECT, Identifier.NAMESPACE)) {
            if (event.identifiers().contains(identifier)) {
                steps.add(identifier);
            }
        }
    }

    String text() {
        out.append("""
                // Generated from %s; changes are lost.
                package %s;

                import dev.internalevents.client.EventBuilder;
                import dev.internalevents.client.InternalEventsClient;

                """.formatted(event.source().file().replace("\\", "/").replaceAll("[\\r\\n]", " "), packageName));
        classComment();
        out.append("public final class ").append(type).append(" {\n\n");
        out.append("    /** The event's name: {@value}. */\n");
        out.append("    public static final String NAME = \"")
                .append(event.action())
                .append("\";\n\n");
        out.append("    private ").append(type).append("() {}\n\n");
        entrance();
        steps();
        values();
        out.append("}\n");
        return out.toString();
    }

    private void classComment() {
        out.append("/**\n * ").append(JavaText.sentence(event.description())).append("\n");
        out.append(" *\n * <pre>{@code\n * ").append(type);
        if (steps.isEmpty()) {
            out.append(".event()");
        }
        steps.forEach(step -> out.append('.')
                .append(step.term())
                .append('(')
                .append(step.term())
                .append("Id)"));
        out.append(".track(internalEvents);\n * }</pre>\n");
        event.productGroup()
                .ifPresent(group -> out.append(" *\n * <p>Owner: ")
                        .append(JavaText.javadoc(group))
                        .append(".\n"));
        if (event.removed()) {
            out.append(" *\n * @deprecated The event is removed")
                    .append(event.milestoneRemoved()
                            .map(m -> " since " + JavaText.javadoc(m))
                            .orElse(""))
                    .append("; track no more of it.\n");
        }
        out.append(" */\n");
        if (event.removed()) {
            out.append("@Deprecated\n");
        }
    }

    /** What the event begins with. */
    private void entrance() {
        if (steps.isEmpty()) {
            out.append("    /** The event; nothing is tracked before {@link Values#track}. */\n");
            out.append("    public static Values event() {\n        return new Values(new Ids());\n    }\n\n");
            return;
        }
        step("static ", steps.get(0), 0, "new Ids()", "    ");
        out.append("""
                    /** The event with the identifiers that the request's context has; nothing is tracked before {@link Values#track}. */
                    public static Values fromContext() {
                        return new Values(new Ids());
                    }

                """);
    }

    private void steps() {
        for (int i = 1; i < steps.size(); i++) {
            String name = stepType(i);
            out.append("    /** The event, for which the ")
                    .append(steps.get(i).term())
                    .append(" is still to be said. */\n");
            out.append("    public static final class ").append(name).append(" {\n\n");
            out.append("        private final Ids ids;\n\n");
            out.append("        private ")
                    .append(name)
                    .append("(Ids ids) {\n            this.ids = ids;\n        }\n\n");
            step("", steps.get(i), i, "ids", "        ");
            trim();
            out.append("    }\n\n");
        }
        out.append("    private static final class Ids {\n");
        for (Identifier step : steps) {
            out.append("        private ")
                    .append(step == Identifier.USER ? "Object " : "long ")
                    .append(step.term())
                    .append(";\n");
        }
        out.append("        private boolean given;\n    }\n\n");
    }

    private String stepType(int index) {
        String term = steps.get(index).term();
        return "For" + term.substring(0, 1).toUpperCase(Locale.ROOT) + term.substring(1);
    }

    private void step(String modifier, Identifier step, int index, String ids, String indent) {
        String next = index + 1 < steps.size() ? stepType(index + 1) : "Values";
        for (String idType : step == Identifier.USER ? List.of("long", "String") : List.of("long")) {
            out.append(indent).append("/** The ").append(step.term()).append("'s id. */\n");
            out.append(indent)
                    .append("public ")
                    .append(modifier)
                    .append(next)
                    .append(' ')
                    .append(step.term());
            out.append('(').append(idType).append(" id) {\n");
            out.append(indent).append("    Ids all = ").append(ids).append(";\n");
            out.append(indent).append("    all.").append(step.term()).append(" = id;\n");
            out.append(indent).append("    all.given = true;\n");
            out.append(indent).append("    return new ").append(next).append("(all);\n");
            out.append(indent).append("}\n\n");
        }
    }

    private void values() {
        out.append(
                "    /** What the event says besides; each may be left out. Not safe for use by several threads. */\n");
        out.append("    public static final class Values {\n\n");
        out.append("        private final Ids ids;\n");
        out.append(
                "        private final java.util.List<java.util.function.Consumer<EventBuilder>> parts = new java.util.ArrayList<>(4);\n\n");
        out.append("        private Values(Ids ids) {\n            this.ids = ids;\n        }\n\n");
        Set<String> methods = new HashSet<>(TAKEN);
        if (event.identifiers().contains(Identifier.FEATURE_ENABLED_BY_NAMESPACE_IDS)) {
            method(
                    "featureEnabledByNamespaceIds",
                    "long...",
                    "The namespaces that give the user the feature",
                    "event.featureEnabledByNamespaceIds(value)");
        }
        for (Map.Entry<String, String> property : event.additionalProperties().entrySet()) {
            property(property.getKey(), property.getValue(), methods);
        }
        method("category", "Class<?>", "The class that tracks the event", "event.category(value)");
        out.append("        /** Tracks the event, as {@link InternalEventsClient#trackEvent(String)} does. */\n");
        out.append("        public void track(InternalEventsClient client) {\n");
        out.append("            EventBuilder event = client.event(NAME);\n");
        out.append("            if (ids.given) {\n");
        for (Identifier step : steps) {
            if (step == Identifier.USER) {
                out.append("                if (ids.user instanceof Long id) {\n                    event.user(id);\n");
                out.append(
                        "                } else {\n                    event.user((String) ids.user);\n                }\n");
            } else {
                out.append("                event.")
                        .append(step.term())
                        .append("(ids.")
                        .append(step.term())
                        .append(");\n");
            }
        }
        out.append(
                "            }\n            parts.forEach(part -> part.accept(event));\n            event.track();\n        }\n    }\n");
    }

    private void property(String name, String description, Set<String> methods) {
        String method = JavaText.methodName(name);
        while (!methods.add(method)) {
            method += "_";
        }
        switch (name) {
            case "label", "property" -> method(method, "String", description, "event." + name + "(value)");
            case "value" -> {
                method(method, "long", description, "event.value(value)");
                method(method, "double", description, "event.value(value)");
            }
            default -> {
                for (String type : List.of("String", "long", "double")) {
                    method(method, type, description, "event.put(\"" + name + "\", value)");
                }
            }
        }
    }

    private void method(String name, String type, String description, String call) {
        out.append("        /** ").append(JavaText.sentence(description)).append(" */\n");
        out.append("        public Values ")
                .append(name)
                .append('(')
                .append(type)
                .append(" value) {\n");
        out.append("            parts.add(event -> ")
                .append(call)
                .append(");\n            return this;\n        }\n\n");
    }

    private void trim() {
        out.setLength(out.length() - 1);
    }
}
