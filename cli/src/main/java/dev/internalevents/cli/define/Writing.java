package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Shows a file before it is written. */
final class Writing {

    private Writing() {}

    /**
     * Shows the file and writes it after confirmation. Without a terminal, or with {@code yes}, writes it without
     * asking.
     *
     * @throws CancelledException if the user declines
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
