package dev.internalevents.cli.monitor;

import dev.internalevents.cli.http.RunningCollector;
import dev.internalevents.definitions.check.NearestName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tracks the watched events since the start and the metrics that count them. Not thread-safe. */
final class Monitored {

    private static final int PAGE = 200;

    /** Maximum number of pages per poll; the next polls read the rest. */
    private static final int MOST_PAGES = 50;

    private static final int MOST_KEPT = 1_000;

    private final RunningCollector collector;
    private final List<String> actions;
    private final Map<String, Metric> metrics = new LinkedHashMap<>();
    private final Deque<MonitoredEvent> events = new ArrayDeque<>();
    private long last;
    private boolean defined;
    private List<String> undefined = List.of();

    Monitored(RunningCollector collector, List<String> actions) {
        this.collector = collector;
        this.actions = List.copyOf(actions);
    }

    /** A metric with its value at the start (or the last reset) and its current value, both as JSON. */
    record Metric(String keyPath, String events, String measure, String initial, String current) {

        boolean isChanged() {
            return !initial.equals(current);
        }

        /** Returns the number itself, or the sum if the JSON has one total per value. */
        static String brief(String json) {
            JsonNode value = JsonMapper.shared().readTree(json);
            return value.isObject() ? String.valueOf(sum(value)) : json;
        }

        private static long sum(JsonNode totals) {
            return totals.isObject()
                    ? totals.valueStream().mapToLong(Metric::sum).sum()
                    : totals.asLong();
        }

        Metric now(String value) {
            return new Metric(keyPath, events, measure, initial, value);
        }

        Metric reset() {
            return new Metric(keyPath, events, measure, current, current);
        }
    }

    /** Starts monitoring; earlier events are ignored. Blocks. */
    void start() throws IOException, InterruptedException {
        JsonNode newest = collector.post("/micro/events", query(0, 1, true));
        last = newest.path("events").path(0).path("number").asLong(0);
        readMetrics();
        if (defined) {
            undefined = findUndefined();
        }
    }

    private List<String> findUndefined() throws IOException, InterruptedException {
        List<String> names = collector
                .get("/micro/definitions")
                .path("events")
                .valueStream()
                .map(event -> event.path("action").asString())
                .distinct()
                .toList();
        return actions.stream()
                .filter(action -> !names.contains(action))
                .map(action -> "\"" + action + "\" is not defined" + NearestName.hint(action, names))
                .toList();
    }

    /** Fetches new events and changed metrics. Blocks. */
    News poll() throws IOException, InterruptedException {
        List<MonitoredEvent> arrived = new ArrayList<>();
        int found = PAGE;
        for (int pages = 0; found == PAGE && pages < MOST_PAGES; pages++) {
            found = read(arrived);
        }
        return new News(arrived, readMetrics());
    }

    /** Reads the next page of events after the last one, and returns the number of events on it. */
    private int read(List<MonitoredEvent> arrived) throws IOException, InterruptedException {
        JsonNode page =
                collector.post("/micro/events", query(last, PAGE, false)).path("events");
        for (JsonNode event : page) {
            last = Math.max(last, event.path("number").asLong());
            // Metrics do not count duplicates.
            if (!event.path("repeat").asBoolean(false)) {
                keep(MonitoredEvent.of(event), arrived);
            }
        }
        return page.size();
    }

    private void keep(MonitoredEvent event, List<MonitoredEvent> arrived) {
        arrived.add(event);
        events.addFirst(event);
        if (events.size() > MOST_KEPT) {
            events.removeLast();
        }
    }

    /** The new events and changed metrics of one poll. */
    record News(List<MonitoredEvent> events, List<Metric> metrics) {}

    private List<Metric> readMetrics() throws IOException, InterruptedException {
        JsonNode answer = collector.get("/micro/metrics");
        defined = answer.path("defined").asBoolean();
        List<Metric> changed = new ArrayList<>();
        for (JsonNode metric : answer.path("metrics")) {
            List<String> of =
                    metric.path("events").valueStream().map(JsonNode::asString).toList();
            if (of.stream().anyMatch(actions::contains)) {
                String keyPath = metric.path("key_path").asString();
                String current = metric.path("current").toString();
                Metric known = metrics.get(keyPath);
                Metric now = known == null
                        ? new Metric(keyPath, String.join(", ", of), measure(metric), current, current)
                        : known.now(current);
                if (known != null && !known.current().equals(current)) {
                    changed.add(now);
                }
                metrics.put(keyPath, now);
            }
        }
        return changed;
    }

    private static String measure(JsonNode metric) {
        return metric.path("measure").asString() + ", "
                + metric.path("time_frame").asString();
    }

    private String query(long after, int size, boolean newestFirst) {
        return JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "filters",
                        List.of(Map.of("column", "se_action", "values", actions)),
                        "sorting",
                        Map.of("desc", newestFirst),
                        "after",
                        after,
                        "pageSize",
                        size));
    }

    /** Starts over: clears the events and takes the current values as the initial ones. */
    void reset() {
        metrics.replaceAll((keyPath, metric) -> metric.reset());
        events.clear();
    }

    List<String> actions() {
        return actions;
    }

    List<Metric> metrics() {
        return List.copyOf(metrics.values());
    }

    /** Returns the events, newest first. */
    List<MonitoredEvent> events() {
        return List.copyOf(events);
    }

    /** Returns one sentence for each watched event without a definition, with the nearest name. */
    List<String> undefined() {
        return undefined;
    }

    /** Returns whether the collector has definitions. */
    boolean isDefined() {
        return defined;
    }
}
