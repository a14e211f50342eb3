package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.CollectorAddress;
import dev.internalevents.cli.http.NoAnswer;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextBuilder;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.Scope;
import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends one event from the command line. */
@Command(
        name = "send",
        description = {
            "Send one event to a collector and report whether it was delivered.",
            "Without --url and INTERNAL_EVENTS_URL, it is sent to AIGW_INTERNAL_EVENT__ENDPOINT if that is set."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events send request_awesome_feature",
            "  internal-events send request_awesome_feature --context user_id=4711",
            "  internal-events send request_awesome_feature --label l --value 12 \\",
            "      --context realm=saas --context project_id=7 --extra model=anthropic"
        })
public final class SendCommand implements Callable<Integer> {

    /** Text with a leading zero, such as 007, is not a number. */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?");

    /** The events' source, and their app id if AIGW_INTERNAL_EVENT__APP_ID is not set. */
    private static final String SOURCE = "internal-events-cli";

    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    @Mixin
    private Console console = new Console();

    @Parameters(paramLabel = "EVENT", description = "The event's name, for example request_awesome_feature.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String event;

    @Option(names = "--label", description = "Label.")
    private @Nullable String label;

    @Option(names = "--property", description = "Property.")
    private @Nullable String property;

    @Option(names = "--value", paramLabel = "NUMBER", description = "Value.")
    private @Nullable Double value;

    @Option(names = "--category", description = "Category; default: ${DEFAULT-VALUE}.")
    private String category = InternalEventsClient.DEFAULT_CATEGORY;

    @Option(names = "--context", paramLabel = "KEY=VALUE", description = "A field of gitlab_standard. Can be repeated.")
    private Map<String, String> context = new LinkedHashMap<>();

    @Option(
            names = "--extra",
            paramLabel = "KEY=VALUE",
            description = "Any other property; numbers, true and false are sent as such. Can be repeated.")
    private Map<String, String> extra = new LinkedHashMap<>();

    @Mixin
    private CollectorAddress address = new CollectorAddress();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = console.out();
        InternalEventSettings settings =
                InternalEventSettings.read(Settings.load("AIGW"), SOURCE, InternalEventSettings.DEFAULT_ENVIRONMENT);
        URI given = address.given();
        List<URI> set = settings.endpoints();
        List<URI> targets = given != null ? List.of(given) : set.isEmpty() ? List.of(address.orDefault()) : set;
        URI target = targets.get(0);
        try (InternalEventsClient client = client(settings, targets);
                Scope scope = eventContext(settings).makeCurrent()) {
            client.trackEvent(event, properties(), category);
            boolean settled = client.flush(TIMEOUT);
            ClientStats stats = client.stats();
            if (stats.delivered() == 1) {
                out.println(
                        targets.size() == 1
                                ? "Delivered to " + target + "; see it at " + target + "/micro/ui"
                                : "Delivered to one of " + listed(targets));
                return 0;
            }
            console.err().println(notDelivered(settled, targets, String.valueOf(client.lastFailure())));
            client.close(Duration.ZERO);
            return 1;
        }
    }

    private static String listed(List<URI> targets) {
        return targets.stream().map(URI::toString).collect(Collectors.joining(", "));
    }

    private static String notDelivered(boolean settled, List<URI> targets, String failure) {
        boolean isAnswer = settled || failure.startsWith("the collector ");
        return "Not delivered: " + (isAnswer ? failure : NoAnswer.sentence(targets, failure));
    }

    private InternalEventsClient client(InternalEventSettings settings, List<URI> targets) {
        SSLContext tls = address.tls();
        try {
            InternalEventsClientBuilder builder = InternalEventsClient.builder()
                    .endpoints(targets)
                    .appId(settings.appId())
                    .namespace(settings.namespace())
                    .sendUserId(true);
            return (tls == null ? builder : builder.tls(tls)).build();
        } catch (IllegalArgumentException e) {
            throw console.wrongUsage(
                    address.option() + String.valueOf(e.getMessage()).replaceFirst("^endpoint", ""), e);
        }
    }

    private EventContext eventContext(InternalEventSettings settings) {
        EventContextBuilder builder = EventContext.builder()
                .environment(settings.environment())
                .source(SOURCE)
                .contextGeneratedAt(Instant.now());
        try {
            context.forEach((field, text) -> ContextFields.set(builder, field, text));
        } catch (IllegalArgumentException e) {
            throw console.wrongUsage(String.valueOf(e.getMessage()), e);
        }
        return builder.build();
    }

    private AdditionalProperties properties() {
        AdditionalProperties.Builder properties =
                AdditionalProperties.builder().label(label).property(property).value(value);
        extra.forEach((key, text) -> properties.put(key, scalar(text)));
        return properties.build();
    }

    private static Object scalar(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        return NUMBER.matcher(text).matches() ? new BigDecimal(text) : text;
    }
}
