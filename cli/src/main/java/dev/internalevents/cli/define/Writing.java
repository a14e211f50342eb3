package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Shows a file before it is written. */
final class Writing {

    private Writing() {}

    /**
     * Writes when that is wanted.
     *
     * @throws CancelledException when it is not
     */
    static void show(Questions questions, Definitions definitions, Path path, String yaml, boolean yes)
            throws IOException {
        questions.say("");
        questions.say(path + ":");
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
        definitions.write(path, yaml);
        questions.say("Written: " + path);
    }
}
