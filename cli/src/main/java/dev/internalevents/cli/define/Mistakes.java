package dev.internalevents.cli.define;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects all mistakes in the options of one call, to report them together before the first question. */
final class Mistakes {

    private final Set<String> found = new LinkedHashSet<>();
    private final boolean missingIsOne;

    /**
     * Creates an empty collection.
     *
     * @param questions tells whether missing answers can be asked for
     */
    Mistakes(Questions questions) {
        this.missingIsOne = !questions.canAsk();
    }

    /**
     * Evaluates one answer and records what is wrong with it.
     *
     * @param answer computes it from the options only
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

    /**
     * Throws if any mistake was recorded.
     *
     * @throws IllegalArgumentException naming every mistake, one per line
     */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), found));
        }
    }
}
