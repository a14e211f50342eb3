package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.generator.UsageExamples;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Asks the questions for a new event or metric, shows its file, and writes it. */
@Command(
        name = "define",
        sortOptions = false,
        description = {
            "Define an event or a metric: ask for its fields, show the file, and write it.",
            "Every answer can be an option; in a script all of them must be. Existing files are not overwritten."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events define",
            "  internal-events define event --action request_awesome_feature",
            "  internal-events define event --action close_door --description \"Somebody closed a door\" \\",
            "      --identifiers user,project --property label=\"Which door\" --group doors --milestone 18.1 \\",
            "      --tiers free,premium,ultimate",
            "  internal-events define metric --events close_door --measure user.id --time-frame 28d,7d \\",
            "      --metric-description \"who closed a door\" --group doors --milestone 18.1 --tiers free",
            "  internal-events define metric --events open_door,close_door --measure total --time-frame all \\",
            "      --filter close_door:label=front,back --name outer_doors --metric-description \"when a door moved\" \\",
            "      --group doors --milestone 18.1 --tiers free",
            "  internal-events define usage --events close_door",
        })
public final class DefineCommand implements Callable<Integer> {

    private static final String RIGHT_PLACE = """
            Yes, if you want to know how a product is used: how often something is done, by how many people, in how many
            projects. Define an event for what happens, track it where it happens, and define a metric for the number.

            No, if you want to know how a system behaves (use application metrics, such as Micrometer's), what went
            wrong in one request (use logs and traces), or how many rows a database has (use data_source: database).

            Events must not contain personal data: no e-mail addresses, no IP addresses, no content.""";

    /** The choices of the first question. */
    enum What {
        event,
        metric,
        usage,
        help
    }

    @Mixin
    private Console console = new Console();

    @Parameters(paramLabel = "event|metric|usage|help", arity = "0..1", description = "What to do; default: ask.")
    private @Nullable What what;

    @Mixin
    private EventFlow event = new EventFlow();

    @Mixin
    private MetricFlow metric = new MetricFlow();

    @Mixin
    private CommonAnswers common = new CommonAnswers();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = console.out();
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).build()) {
            boolean dumb = terminal.getType().startsWith(Terminal.TYPE_DUMB);
            run(dumb ? new NoQuestions(out) : new TerminalQuestions(terminal));
        }
        return 0;
    }

    private void run(Questions questions) throws IOException {
        What wanted = what == null
                ? questions.choose(
                        "event, metric or usage",
                        "What do you want to do",
                        List.of(
                                new Choice<>("New Event: something happens that is not tracked yet", What.event),
                                new Choice<>("New Metric: count events that are already tracked", What.metric),
                                new Choice<>("View Usage: how to track and test an event", What.usage),
                                new Choice<>("Am I in the right place?", What.help)))
                : what;
        Definitions definitions = new Definitions(common.root);
        switch (wanted) {
            case event -> then(questions, definitions, event.run(questions, common, definitions));
            case metric -> metric.run(questions, common, definitions, null);
            case usage -> usage(questions, metric.chooseOne(questions, definitions));
            case help -> questions.say(RIGHT_PLACE);
        }
    }

    private void then(Questions questions, Definitions definitions, EventDefinition defined) throws IOException {
        if (!questions.canAsk()) {
            usage(questions, defined);
            return;
        }
        String next = questions.choose(
                "",
                "What next",
                List.of(
                        new Choice<>("a metric that counts it", "metric"),
                        new Choice<>("see how to track and test it", "usage"),
                        new Choice<>("nothing more", "")));
        if (next.equals("metric")) {
            metric.run(questions, common, definitions, defined);
            usage(questions, defined);
        } else if (next.equals("usage")) {
            usage(questions, defined);
        }
    }

    private static void usage(Questions questions, EventDefinition event) {
        questions.say("");
        questions.say("Track it:");
        questions.say(UsageExamples.track(event));
        questions.say("");
        questions.say("With typed events (docs/typed-events.md):");
        questions.say(UsageExamples.typed(event));
        questions.say("");
        questions.say("Test it (docs/test-events.md):");
        questions.say(UsageExamples.test(event));
    }
}
