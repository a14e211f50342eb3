package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import java.io.IOException;
import java.util.List;

/** Shows a file before it is written. */
final class Writing {

    private Writing() {}

    /**
     * Writes when that is wanted.
     *
     * @throws CancelledException when it is not
     */
    static void show(Questions questions, Definitions definitions, String file, String yaml, boolean yes)
            throws IOException {
        questions.say("");
        questions.say(definitions.path(file) + ":");
        questions.say(yaml);
        if (questions.canAsk() && !yes) {
            boolean write = questions.choose(
                    "--yes",
                    "Write it",
                    List.of(new Choice<>("yes", true), new Choice<>("no, nothing is written", false)));
            if (!write) {
                throw new CancelledException();
            }
        }
        definitions.write(file, yaml);
        questions.say("Written: " + definitions.path(file));
    }
}
