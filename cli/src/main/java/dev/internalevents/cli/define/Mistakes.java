package dev.internalevents.cli.define;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is wrong with the options of one call, so that all of it is reported together and before any question. */
final class Mistakes {

    private final Set<String> found = new LinkedHashSet<>();
    private final boolean missingIsOne;

    /** @param questions whether an answer that is missing can be asked for */
    Mistakes(Questions questions) {
        this.missingIsOne = !questions.canAsk();
    }

    /**
     * Notes what is wrong with one answer.
     *
     * @param answer takes it from the options alone
     * @return the answer; null if it is missing or wrong
     */
    <T> @Nullable T check(Function<Questions, T> answer) {
        try {
            return answer.apply(new NoQuestions(new PrintWriter(Writer.nullWriter())));
        } catch (MissingAnswerException e) {
            if (missingIsOne) {
                found.add(String.valueOf(e.getMessage()));
            }
        } catch (IllegalArgumentException e) {
            found.add(String.valueOf(e.getMessage()));
        }
        return null;
    }

    /** @throws IllegalArgumentException naming every mistake, one a line */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), found));
        }
    }
}
