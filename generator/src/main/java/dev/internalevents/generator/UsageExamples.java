package dev.internalevents.generator;

import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;

/** Generates code examples for tracking and testing an event. */
public final class UsageExamples {

    private UsageExamples() {}

    /** Returns the call that tracks the event, with everything that it declares. */
    public static String track(EventDefinition event) {
        StringBuilder code = new StringBuilder("internalEvents.event(\"" + event.action() + "\")");
        event.identifiers().stream()
                .filter(UsageExamples::hasMethod)
                .forEach(identifier -> code.append("\n        .")
                        .append(identifier.term())
                        .append('(')
                        .append(identifier.term())
                        .append("Id)"));
        event.additionalProperties()
                .keySet()
                .forEach(name -> code.append(
                        switch (name) {
                            case "label", "property", "value" -> "\n        ." + name + "(" + name + ")";
                            default -> "\n        .put(\"" + name + "\", " + JavaText.methodName(name) + ")";
                        }));
        return code.append("\n        .track();").toString();
    }

    /** Returns the same call using the generated class. */
    public static String typed(EventDefinition event) {
        StringBuilder code = new StringBuilder(JavaText.typeName(event.action()));
        if (event.identifiers().stream().noneMatch(UsageExamples::hasMethod)) {
            code.append(".event()");
        }
        // The generated class has its steps in this order
        for (Identifier identifier : new Identifier[] {Identifier.USER, Identifier.PROJECT, Identifier.NAMESPACE}) {
            if (event.identifiers().contains(identifier)) {
                code.append('.')
                        .append(identifier.term())
                        .append('(')
                        .append(identifier.term())
                        .append("Id)");
            }
        }
        event.additionalProperties().keySet().forEach(name -> {
            String method = JavaText.methodName(name);
            code.append('.').append(method).append('(').append(method).append(')');
        });
        return code.append(".track(internalEvents);").toString();
    }

    /** Returns a test that checks that the event is tracked. */
    public static String test(EventDefinition event) {
        StringBuilder code = new StringBuilder(
                "assertThatCode(() -> …)\n        .triggersInternalEvent(\"" + event.action() + "\")");
        event.identifiers().stream().filter(UsageExamples::hasMethod).forEach(identifier -> {
            String term = identifier.term();
            code.append("\n        .with")
                    .append(JavaText.typeName(term))
                    .append('(')
                    .append(term)
                    .append("Id)");
        });
        event.additionalProperties()
                .keySet()
                .forEach(name -> code.append("\n        .withAdditionalProperty(\"")
                        .append(name)
                        .append("\", ")
                        .append(JavaText.methodName(name))
                        .append(')'));
        return code.append("\n        .once();").toString();
    }

    private static boolean hasMethod(Identifier identifier) {
        return identifier != Identifier.FEATURE_ENABLED_BY_NAMESPACE_IDS;
    }
}
