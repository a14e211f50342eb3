package dev.internalevents.cli.http;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/** The sentence for a collector to which the client cannot connect: each address once, and what to do. */
public final class NoAnswer {

    private static final int DEFAULT_PORT = 9091;

    /** One address and why it failed, as the client lists them. */
    private static final Pattern ROUTE =
            Pattern.compile("(?:\\[[0-9a-fA-F:.%]+]|[0-9.]+):[0-9]+ \\(([^()]*(?:\\([^()]*\\))?[^()]*)\\)(?:, |$)");

    private static final Pattern LITERAL = Pattern.compile("\\[.*]|[0-9.]+|localhost");

    private NoAnswer() {}

    /**
     * Returns the sentence.
     *
     * @param collectors their URLs; not empty
     * @param failure why the client could not connect: its addresses with the reason of each
     */
    public static String sentence(List<URI> collectors, String failure) {
        String urls = String.join(", ", collectors.stream().map(URI::toString).toList());
        String reason = collectors.size() == 1 ? reason(collectors.get(0), failure) : ": " + failure;
        return failure.contains("certificate")
                ? urls + reason + CollectorAddress.advice()
                : "no collector answers at " + urls + reason + "; " + remedy(collectors);
    }

    /** Returns the reason as a suffix, without the address if the URL names it. */
    private static String reason(URI collector, String failure) {
        String host = String.valueOf(collector.getHost());
        List<String> reasons = ROUTE.matcher(failure)
                .results()
                .map(route -> route.group(1))
                .distinct()
                .toList();
        boolean isList = ROUTE.matcher(failure).replaceAll("").isEmpty();
        return isList && reasons.size() == 1 && LITERAL.matcher(host).matches()
                ? " (" + reasons.get(0) + ")"
                : ": " + failure;
    }

    private static String remedy(List<URI> collectors) {
        if (collectors.size() > 1 || !isLocal(collectors.get(0))) {
            return "check the address and that the collector runs, or name another with --url";
        }
        int port = collectors.get(0).getPort();
        return "start one with: internal-events micro" + (port < 0 || port == DEFAULT_PORT ? "" : " --port " + port)
                + ", or name another with --url";
    }

    /** Returns whether a URL is of this machine. */
    public static boolean isLocal(URI collector) {
        String host = String.valueOf(collector.getHost());
        return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
    }
}
