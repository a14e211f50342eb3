package dev.internalevents.benchmarks.collect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk, with events that each have a unique id. */
final class Wrk {

    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([0-9.]+)(ms|s|m)");
    private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private static final String SCRIPT = """
            local threads = 0
            function setup(thread) thread:set("number", threads); threads = threads + 1 end
            function init(arguments)
              per = tonumber(arguments[1])
              seed = tonumber(arguments[2])
              local file = io.open(arguments[3]); local event = file:read("*a"); file:close()
              before, after = event:match("^(.-)EVENT%-ID%-EVENT%-ID%-EVENT%-ID%-EVENT%-ID%-(.*)$")
              head = [[HEAD]]
              count = 0
            end
            function request()
              local parts = {head}
              for i = 1, per do
                count = count + 1
                parts[#parts + 1] = (i > 1 and "," or "") .. before
                  .. string.format("%08x-%04x-4000-8000-%012x", seed, number, count) .. after
              end
              parts[#parts + 1] = "]}"
              return wrk.format("POST", "/com.snowplowanalytics.snowplow/tp2", {["Content-Type"] = "application/json"}, table.concat(parts))
            end
            """;

    private final Path script;
    private final Path event;

    Wrk(Path folder) throws IOException {
        this.script = Files.writeString(folder.resolve("events.lua"), SCRIPT.replace("HEAD", EventText.HEAD));
        this.event = Files.writeString(folder.resolve("event.json"), EventText.event());
    }

    /** The requests that were answered with 200, all other requests, and the number of the former per second. */
    record Outcome(long taken, long refused, double perSecond) {}

    Outcome run(int port, int connections, int seconds, int eventsPerBody) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "wrk",
                        "-t1",
                        "-c" + connections,
                        "-d" + seconds + "s",
                        "-s",
                        script.toString(),
                        "http://127.0.0.1:" + port,
                        "--",
                        String.valueOf(eventsPerBody),
                        String.valueOf(ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE)),
                        event.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher requests = REQUESTS.matcher(output);
        if (process.waitFor() != 0 || !requests.find()) {
            throw new IOException("wrk failed: " + output);
        }
        Matcher refused = REFUSED.matcher(output);
        long others = refused.find() ? Long.parseLong(refused.group(1)) : 0;
        double took = Double.parseDouble(requests.group(2))
                * switch (requests.group(3)) {
                    case "ms" -> 0.001;
                    case "m" -> 60;
                    default -> 1;
                };
        long taken = Long.parseLong(requests.group(1)) - others;
        return new Outcome(taken, others, taken / took);
    }
}
