package dev.internalevents.cli.define;

import java.io.PrintWriter;
import java.util.List;

/** Answers no questions, for scripts: an answer without an option throws {@link MissingAnswerException}. */
final class NoQuestions implements Questions {

    private final PrintWriter out;

    NoQuestions(PrintWriter out) {
        this.out = out;
    }

    @Override
    public String text(String option, String question, Check check) {
        throw new MissingAnswerException(option);
    }

    @Override
    public <T> T choose(String option, String question, List<Choice<T>> choices) {
        throw new MissingAnswerException(option);
    }

    @Override
    public boolean canAsk() {
        return false;
    }

    @Override
    public void say(String text) {
        out.println(text);
    }
}
