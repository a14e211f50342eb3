package dev.internalevents.cli.define;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Supplies the answers that were not given as options. */
interface Questions {

    /** One of several possible answers. */
    record Choice<T>(String label, T value) {}

    /** Returns what is wrong with an answer; empty if it is right. */
    interface Check extends Function<String, Optional<String>> {}

    /**
     * Asks until the answer is right.
     *
     * @param option the option with which a script gives the same answer
     */
    String text(String option, String question, Check check);

    /** Lets the user choose one, with arrow keys or by typing part of it. */
    <T> T choose(String option, String question, List<Choice<T>> choices);

    /** Returns whether optional questions can be asked, that is, whether there is a terminal. */
    boolean canAsk();

    void say(String text);
}
