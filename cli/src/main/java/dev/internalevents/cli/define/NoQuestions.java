package dev.internalevents.cli.define;

import java.io.PrintWriter;
import java.util.List;

/** For scripts: what is not an option is missing. */
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
