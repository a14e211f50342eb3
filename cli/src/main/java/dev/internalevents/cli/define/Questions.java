package dev.internalevents.cli.define;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where answers come from that were not given as options. */
interface Questions {

    /** One of several answers. */
    record Choice<T>(String label, T value) {}

    /** What is wrong with an answer; empty when it is right. */
    interface Check extends Function<String, Optional<String>> {}

    /**
     * Asks until the answer is right.
     *
     * @param option the option that gives the same answer
     */
    String text(String option, String question, Check check);

    /** Lets choose one, by arrows and by typing a part of it. */
    <T> T choose(String option, String question, List<Choice<T>> choices);

    /** Whether somebody is there to be asked what need not be answered. */
    boolean canAsk();

    void say(String text);
}
