package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.Port;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the example service until it is stopped. */
@Command(
        name = "gateway",
        description = {
            "Run the example service, an AI Gateway in Java.",
            "It reads AIGW_… settings from the environment and from .env in the working directory."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events gateway",
            "  internal-events gateway --port 5053",
            "",
            "  curl -X POST localhost:5052/v1/awesome_feature -H 'X-Gitlab-Realm: saas'",
            "  curl localhost:5052/v2/code/completions -H 'Content-Type: application/json' \\",
            "    -d '{\"current_file\":{\"file_name\":\"a.py\",",
            "         \"content_above_cursor\":\"def hi\",\"content_below_cursor\":\"\"}}'"
        })
public final class GatewayCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "N",
            converter = Port.class,
            description = "Port; default: AIGW_FASTAPI__API_PORT, or 5052.")
    private @Nullable Integer port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        if (port != null) {
            arguments.add("--server.port=" + port);
        }
        try (GatewayProcess gateway = GatewayProcess.start(arguments, Map.of())) {
            return gateway.waitFor() == 0 ? 0 : 1;
        }
    }
}
