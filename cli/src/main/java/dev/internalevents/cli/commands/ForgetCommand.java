package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.cli.terminal.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Removes the data that a running collector has about certain users. */
@Command(
        name = "forget",
        sortOptions = false,
        description = {
            "Remove the data that a running collector has about users.",
            "These are their stored events, the requests of failed events that contain one of theirs, and their",
            "waiting events. There is no confirmation and no undo. If the collector has a token, set it in",
            "INTERNAL_EVENTS_TOKEN."
        },
        footer = {
            "",
            "Examples:",
            "  internal-events forget --user 4711",
            "  internal-events forget --user 4711 --user 4712 --global-user 1a79a4d60de6718e8e5b326e338ae533",
            "  internal-events forget --url https://events.example.com - < user-ids.txt"
        })
public final class ForgetCommand implements Callable<Integer> {

    /**
     * Maximum number of ids of one kind per request. Each request makes the collector read every failed request once.
     */
    private static final int AT_ONCE = 1_000;

    /** Maximum size of the ids of one kind as JSON. A request with both kinds may have 1 MB. */
    private static final int AT_ONCE_BYTES = 450_000;

    private static final int MAX_CHARS = 500;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    @Mixin
    private Console console = new Console();

    @Option(names = "--user", paramLabel = "ID", description = "A user id, as in events. Can be repeated.")
    private List<String> users = new ArrayList<>();

    @Option(
            names = "--global-user",
            paramLabel = "ID",
            description = "A global user id, as in contexts. Can be repeated.")
    private List<String> globalUsers = new ArrayList<>();

    @Parameters(
            paramLabel = "-",
            arity = "0..1",
            description = "Also read user ids from standard input, one per line, as UTF-8.")
    private @Nullable String input;

    @Mixin
    private RunningCollector collector = new RunningCollector();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (input != null && !input.equals("-")) {
            throw console.wrongUsage("\"" + input + "\" is not -, which reads standard input; name ids with --user");
        }
        Set<String> ids = new LinkedHashSet<>();
        users.forEach(id -> ids.add(checked(id, "--user")));
        Set<String> globalIds = new LinkedHashSet<>();
        globalUsers.forEach(id -> globalIds.add(checked(id, "--global-user")));
        if (input != null) {
            read(System.in.readAllBytes(), ids);
        }
        if (ids.isEmpty() && globalIds.isEmpty()) {
            throw console.wrongUsage("An id is missing: name one with --user or --global-user, or read them with -.");
        }
        Sum sum = new Sum();
        Deque<String> usersLeft = new ArrayDeque<>(ids);
        Deque<String> globalUsersLeft = new ArrayDeque<>(globalIds);
        while (!usersLeft.isEmpty() || !globalUsersLeft.isEmpty()) {
            try {
                forget(Map.of("users", next(usersLeft), "globalUsers", next(globalUsersLeft)), sum);
            } catch (IOException e) {
                throw new IOException(e.getMessage() + (sum.ids == 0 ? "" : sum.soFar()), e);
            }
        }
        PrintWriter out = console.out();
        out.println("removed " + counted(sum.events, "event") + ", " + counted(sum.requests, "request")
                + " of failed events, " + counted(sum.waiting, "waiting event"));
        if (sum.lake.equals("within 24 hours")) {
            out.println(
                    "The rows of these persons in the lake, and the snapshots with them, are removed within 24 hours.");
        } else if (!sum.lake.isEmpty()) {
            out.println(
                    "The files of the lake still have the rows of these persons; delete the files or rewrite them.");
        }
        out.println("Backups and exported files are not changed.");
        return 0;
    }

    private static String counted(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }

    private static final class Sum {
        private long events;
        private long requests;
        private long waiting;
        private long ids;
        private String lake = "";

        String soFar() {
            return "; before that, " + counted(events, "event") + " of " + counted(ids, "id")
                    + " were removed; run it again for all";
        }
    }

    private void forget(Map<String, List<String>> question, Sum sum) throws IOException, InterruptedException {
        JsonNode removed =
                collector.postForLong("/micro/forget", JsonMapper.shared().writeValueAsString(question));
        sum.events += removed.path("events").asLong();
        sum.requests += removed.path("requests").asLong();
        sum.waiting += removed.path("waiting").asLong();
        sum.lake = removed.path("lake").asString(sum.lake);
        sum.ids += question.values().stream().mapToInt(List::size).sum();
    }

    /** Removes from the queue as many ids as fit into one request and returns them. */
    private static List<String> next(Deque<String> ids) {
        List<String> next = new ArrayList<>();
        int bytes = 0;
        while (!ids.isEmpty() && next.size() < AT_ONCE) {
            bytes += JsonMapper.shared().writeValueAsString(ids.element()).getBytes(StandardCharsets.UTF_8).length + 1;
            if (bytes > AT_ONCE_BYTES) {
                break;
            }
            next.add(ids.remove());
        }
        return next;
    }

    // All ids are checked before the first is sent

    private void read(byte[] lines, Set<String> ids) {
        int number = 0;
        for (int from = 0, to; from < lines.length; from = to + 1) {
            number++;
            to = from;
            while (to < lines.length && lines[to] != '\n') {
                to++;
            }
            String where = "line " + number + " of standard input";
            String line = utf8(lines, from, to, where);
            String id = (number == 1 && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line).strip();
            if (!id.isEmpty()) {
                ids.add(checked(id, where));
            }
        }
    }

    private String utf8(byte[] bytes, int from, int to, String where) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw console.wrongUsage(where + " is not UTF-8; nothing was removed. Convert the file to UTF-8.");
        }
    }

    private String checked(String id, String where) {
        if (id.isEmpty() || id.length() > MAX_CHARS) {
            throw console.wrongUsage(where + " has " + id.length() + " characters, expected an id of 1 to " + MAX_CHARS
                    + "; nothing was removed.");
        }
        return id;
    }
}
