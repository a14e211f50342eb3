package dev.internalevents.generator;

import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Generates the source of an event's class: a step for each identifier, then a method for each additional property. */
final class TypedEventClass {

    private static final String PARTS = "java.util.List<java.util.function.Consumer<EventBuilder>>";
    private static final String NO_PARTS = "java.util.List.of()";

    private static final Set<String> TAKEN = Set.of(
            "track",
            "with",
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
                // Generated from %s; do not edit, changes will be overwritten.
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
                    .append("; do not track it any more.\n");
        }
        out.append(" */\n");
        if (event.removed()) {
            out.append("@Deprecated(forRemoval = true)\n");
        }
    }

    /** Writes the methods that create the event. */
    private void entrance() {
        if (steps.isEmpty()) {
            out.append("    /** Creates the event; it is tracked by {@link Values#track}. */\n");
            out.append("    public static Values event() {\n        return new Values(")
                    .append(NO_PARTS)
                    .append(");\n    }\n\n");
            return;
        }
        step("static ", 0, "    ");
        out.append("""
                    /** Creates the event with the identifiers of the request context; it is tracked by {@link Values#track}. */
                    public static Values fromContext() {
                        return new Values(null, %s);
                    }

                """.formatted(NO_PARTS));
    }

    /** Writes an immutable class for each identifier that is still missing; it contains the identifiers before it. */
    private void steps() {
        for (int i = 1; i < steps.size(); i++) {
            String name = stepType(i);
            out.append("    /** The event without its ")
                    .append(steps.get(i).term())
                    .append("; immutable and reusable. */\n");
            out.append("    public static final class ").append(name).append(" {\n\n");
            for (Identifier before : steps.subList(0, i)) {
                out.append("        private final ").append(declaration(before)).append(";\n");
            }
            out.append("\n        private ")
                    .append(name)
                    .append('(')
                    .append(declarations(i))
                    .append(") {\n");
            for (Identifier before : steps.subList(0, i)) {
                out.append("            this.")
                        .append(before.term())
                        .append(" = ")
                        .append(before.term())
                        .append(";\n");
            }
            out.append("        }\n\n");
            step("", i, "        ");
            trim();
            out.append("    }\n\n");
        }
        if (!steps.isEmpty()) {
            out.append("    private record Ids(")
                    .append(declarations(steps.size()))
                    .append(") {}\n\n");
        }
    }

    /** Returns the first identifiers as parameters: {@code Object user, long project}. */
    private String declarations(int count) {
        return steps.subList(0, count).stream()
                .map(TypedEventClass::declaration)
                .collect(Collectors.joining(", "));
    }

    private static String declaration(Identifier step) {
        return (step == Identifier.USER ? "Object " : "long ") + step.term();
    }

    private String stepType(int index) {
        String term = steps.get(index).term();
        return "For" + term.substring(0, 1).toUpperCase(Locale.ROOT) + term.substring(1);
    }

    private void step(String modifier, int index, String indent) {
        Identifier step = steps.get(index);
        String ids = steps.subList(0, index).stream()
                        .map(before -> before.term() + ", ")
                        .collect(Collectors.joining()) + "id";
        boolean isLast = index + 1 == steps.size();
        String next = isLast ? "Values" : stepType(index + 1);
        for (String idType : step == Identifier.USER ? List.of("long", "String") : List.of("long")) {
            out.append(indent).append("/** The ").append(step.term()).append("'s id. */\n");
            out.append(indent)
                    .append("public ")
                    .append(modifier)
                    .append(next)
                    .append(' ')
                    .append(step.term());
            out.append('(').append(idType).append(" id) {\n");
            out.append(indent)
                    .append("    return new ")
                    .append(next)
                    .append('(')
                    .append(isLast ? "new Ids(" + ids + "), " + NO_PARTS : ids)
                    .append(");\n");
            out.append(indent).append("}\n\n");
        }
    }

    private void values() {
        String ids = steps.isEmpty() ? "" : "ids, ";
        out.append("    /** The event and its optional values. Immutable: each method returns a new event. */\n");
        out.append("    public static final class Values {\n\n");
        if (!steps.isEmpty()) {
            out.append("        private final Ids ids;\n");
        }
        out.append("        private final ").append(PARTS).append(" parts;\n\n");
        out.append("        private Values(")
                .append(steps.isEmpty() ? "" : "Ids ids, ")
                .append(PARTS)
                .append(" parts) {\n");
        if (!steps.isEmpty()) {
            out.append("            this.ids = ids;\n");
        }
        out.append("            this.parts = parts;\n        }\n\n");
        Set<String> methods = new HashSet<>(TAKEN);
        if (event.identifiers().contains(Identifier.FEATURE_ENABLED_BY_NAMESPACE_IDS)) {
            // Copy the array, because the caller may change it.
            method(
                    "featureEnabledByNamespaceIds",
                    "long...",
                    "The namespaces that give the user the feature",
                    "value == null ? null : value.clone()",
                    "event.featureEnabledByNamespaceIds(own)");
        }
        for (Map.Entry<String, String> property : event.additionalProperties().entrySet()) {
            property(property.getKey(), property.getValue(), methods);
        }
        method("category", "Class<?>", "The class that tracks the event", "event.category(value)");
        out.append(
                        "        /** Adds data that the definition has no property for, such as {@code event -> event.inputTokens(5)}. ")
                .append(
                        "The function is called each time the event is tracked; {@link #track} rethrows its exceptions. */\n");
        out.append("        public Values with(java.util.function.Consumer<EventBuilder> part) {\n");
        out.append("            ").append(PARTS).append(" all = new java.util.ArrayList<>(parts);\n");
        out.append("            all.add(part);\n");
        out.append("            return new Values(").append(ids).append("java.util.List.copyOf(all));\n        }\n\n");
        out.append("        /** Tracks the event, as {@link InternalEventsClient#trackEvent(String)} does. */\n");
        out.append("        public void track(InternalEventsClient client) {\n");
        out.append("            EventBuilder event = client.event(NAME);\n");
        identify();
        out.append(
                "            parts.forEach(part -> part.accept(event));\n            event.track();\n        }\n    }\n");
    }

    private void identify() {
        if (steps.isEmpty()) {
            return;
        }
        out.append("            if (ids != null) {\n");
        for (Identifier step : steps) {
            if (step == Identifier.USER) {
                out.append(
                        "                if (ids.user() instanceof Long id) {\n                    event.user(id);\n");
                out.append(
                        "                } else {\n                    event.user((String) ids.user());\n                }\n");
            } else {
                out.append("                event.")
                        .append(step.term())
                        .append("(ids.")
                        .append(step.term())
                        .append("());\n");
            }
        }
        out.append("            }\n");
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
        method(name, type, description, null, call);
    }

    /**
     * Writes a method that sets a value.
     *
     * @param own an expression for a copy of the value to use instead; null to use the value itself
     */
    private void method(String name, String type, String description, @Nullable String own, String call) {
        out.append("        /** ").append(JavaText.sentence(description)).append(" */\n");
        out.append("        public Values ")
                .append(name)
                .append('(')
                .append(type)
                .append(" value) {\n");
        if (own != null) {
            out.append("            ")
                    .append(type.replace("...", "[]"))
                    .append(" own = ")
                    .append(own)
                    .append(";\n");
        }
        out.append("            return with(event -> ").append(call).append(");\n        }\n\n");
    }

    private void trim() {
        out.setLength(out.length() - 1);
    }
}
