package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.check.NearestName;
import dev.internalevents.definitions.write.CountedEvents.Counted;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Determines which events a new metric counts, from options such as {@code close_door:label=front,back} or by asking.
 */
final class Filters {

    static final String OPTION = "--filter";

    private static final Pattern FORM = Pattern.compile("(?:([a-z0-9_]+):)?([A-Za-z0-9_]+)=(.*)", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    private Filters() {}

    /**
     * Returns one rule for each combination of values, for each event.
     *
     * @throws IllegalArgumentException if an option is malformed, or names an event that is not counted or an
     *     undeclared property
     */
    static List<Counted> of(List<String> options, List<EventDefinition> events) {
        List<Given> given = options.stream().map(Filters::parse).toList();
        for (Given option : given) {
            check(option, events);
        }
        List<Counted> counted = new ArrayList<>();
        for (EventDefinition event : events) {
            Map<String, Set<Object>> values = new LinkedHashMap<>();
            // In the order in which the event declares them, as GitLab's generator asks.
            for (String property : event.additionalProperties().keySet()) {
                given.stream()
                        .filter(option -> option.property().equals(property)
                                && option.event().orElse(event.action()).equals(event.action()))
                        .forEach(option -> values.computeIfAbsent(property, name -> new LinkedHashSet<>())
                                .addAll(option.values()));
            }
            counted.addAll(combinations(event.action(), values));
        }
        return counted;
    }

    /** Asks for the filters of each event that declares properties. */
    static List<Counted> ask(Questions questions, List<EventDefinition> events) {
        List<Counted> counted = new ArrayList<>();
        for (EventDefinition event : events) {
            counted.addAll(combinations(event.action(), ask(questions, event, events.size() > 1)));
        }
        return counted;
    }

    private static Map<String, Set<Object>> ask(Questions questions, EventDefinition event, boolean several) {
        Map<String, Set<Object>> values = new LinkedHashMap<>();
        Set<String> declared = event.additionalProperties().keySet();
        while (values.size() < declared.size()) {
            List<Choice<String>> choices = new ArrayList<>();
            choices.add(new Choice<>(values.isEmpty() ? "every event" : "nothing more", ""));
            declared.stream()
                    .filter(name -> !values.containsKey(name))
                    .forEach(name -> choices.add(new Choice<>("only those with a certain " + name, name)));
            String chosen = questions.choose(
                    OPTION, several ? "Which " + event.action() + " it counts" : "Which events it counts", choices);
            if (chosen.isEmpty()) {
                break;
            }
            String text = questions.text(
                    OPTION, "The value of " + chosen + ", or several with commas", answer -> problem(chosen, answer));
            values.put(chosen, new LinkedHashSet<>(values(chosen, text)));
        }
        Map<String, Set<Object>> ordered = new LinkedHashMap<>();
        declared.stream().filter(values::containsKey).forEach(name -> ordered.put(name, values.get(name)));
        return ordered;
    }

    private static List<Counted> combinations(String action, Map<String, Set<Object>> values) {
        List<Map<String, Object>> filters = List.of(Map.of());
        for (Map.Entry<String, Set<Object>> property : values.entrySet()) {
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> filter : filters) {
                for (Object value : property.getValue()) {
                    Map<String, Object> further = new LinkedHashMap<>(filter);
                    further.put(property.getKey(), value);
                    longer.add(further);
                }
            }
            filters = longer;
        }
        return filters.stream().map(filter -> new Counted(action, filter)).toList();
    }

    /**
     * Parses an option.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static Given parse(String option) {
        Matcher form = FORM.matcher(option);
        if (!form.matches()) {
            throw new IllegalArgumentException(OPTION + ": \"" + option
                    + "\" is not NAME=VALUE or EVENT:NAME=VALUE, such as label=front or close_door:label=front,back");
        }
        String property = form.group(2);
        CommonAnswers.checked(OPTION, form.group(3), text -> problem(property, text));
        return new Given(Optional.ofNullable(form.group(1)), property, values(property, form.group(3)));
    }

    private static void check(Given option, List<EventDefinition> events) {
        List<String> actions = events.stream().map(EventDefinition::action).toList();
        Optional<String> named = option.event();
        if (named.isPresent() && !actions.contains(named.get())) {
            throw new IllegalArgumentException(OPTION + ": the event \"" + named.get() + "\" is not among --events"
                    + NearestName.hint(named.get(), actions));
        }
        for (EventDefinition event : events) {
            Set<String> declared = event.additionalProperties().keySet();
            if (named.orElse(event.action()).equals(event.action()) && !declared.contains(option.property())) {
                throw new IllegalArgumentException(
                        OPTION + ": the event \"" + event.action() + "\" declares no additional property \""
                                + option.property() + "\"" + rightProperty(option, declared, events));
            }
        }
    }

    private static String rightProperty(Given option, Collection<String> declared, List<EventDefinition> events) {
        String hint = NearestName.hint(option.property(), declared);
        return hint.isEmpty() && events.size() > 1
                ? "; filter the others by name: EVENT:" + option.property() + "=…"
                : hint;
    }

    private static Optional<String> problem(String property, String text) {
        List<Value> values = split(text);
        if (values.stream().anyMatch(value -> value.text().isBlank())) {
            return Optional.of("a value of " + property + " is missing");
        }
        return values.stream()
                .filter(value -> property.equals("value") && (value.quoted() || !isNumber(value.text())))
                .findFirst()
                .map(value -> "\"" + value.text() + "\" is not a number; value must be a number");
    }

    private static List<Object> values(String property, String text) {
        boolean textAlone = property.equals("label") || property.equals("property");
        List<Object> values = new ArrayList<>();
        for (Value value : split(text)) {
            values.add(
                    textAlone || value.quoted() || !isNumber(value.text())
                            ? value.text()
                            : new BigDecimal(value.text()).stripTrailingZeros());
        }
        return values;
    }

    private static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /** Splits at commas outside double quotes. Quotes make a number text, or allow commas in a value. */
    private static List<Value> split(String text) {
        List<Value> values = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                inside = !inside;
            }
            if (c == ',' && !inside) {
                values.add(Value.of(current.toString()));
                current.setLength(0);
            } else {
                current.append(c);
            }
        }
        values.add(Value.of(current.toString()));
        return values;
    }

    /**
     * A parsed option.
     *
     * @param event the event that it filters; empty for all
     */
    record Given(Optional<String> event, String property, List<Object> values) {}

    private record Value(String text, boolean quoted) {

        static Value of(String written) {
            String text = written.strip();
            boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
            return new Value(quoted ? text.substring(1, text.length() - 1) : text, quoted);
        }
    }
}
