package dev.internalevents.cli.define;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers each question by its option, in the order given, and records what was offered. */
final class ScriptedQuestions implements Questions {

    private final Map<String, Deque<String>> answers = new HashMap<>();
    private final Map<String, List<String>> offered = new HashMap<>();
    private final List<String> rejected = new ArrayList<>();

    /** Adds an answer: a text, or the beginning of the label to choose. */
    ScriptedQuestions answer(String option, String answer) {
        answers.computeIfAbsent(option, key -> new ArrayDeque<>()).add(answer);
        return this;
    }

    @Override
    public String text(String option, String question, Check check) {
        while (true) {
            String answer = next(option, question);
            Optional<String> wrong = check.apply(answer);
            if (wrong.isEmpty()) {
                return answer;
            }
            rejected.add(wrong.get());
        }
    }

    @Override
    public <T> T choose(String option, String question, List<Choice<T>> choices) {
        offered.put(option, choices.stream().map(Choice::label).toList());
        String begin = next(option, question);
        return choices.stream()
                .filter(choice -> choice.label().startsWith(begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError(begin + " is not among " + offered.get(option)))
                .value();
    }

    private String next(String option, String question) {
        Deque<String> left = answers.get(option);
        if (left == null || left.isEmpty()) {
            throw new AssertionError("no answer to " + option + " (" + question + ")");
        }
        return left.remove();
    }

    @Override
    public boolean canAsk() {
        return true;
    }

    @Override
    public void say(String text) {
        // Nobody reads it.
    }

    /** Returns the labels that were last offered for an option. */
    List<String> offered(String option) {
        return offered.getOrDefault(option, List.of());
    }

    /** Returns what was wrong with the answers that had to be given again. */
    List<String> rejected() {
        return rejected;
    }
}
