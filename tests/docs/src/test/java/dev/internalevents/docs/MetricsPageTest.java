package dev.internalevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for operators has every metric of a collector, and every alert of the shipped rules. */
class MetricsPageTest {

    private static final Pattern METRIC = Pattern.compile("(?m)^# TYPE (internal_events_[a-z_]+) ");
    private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\w+)$");

    @TempDir
    Path folder;

    @Test
    void it_has_each_metric() throws Exception {
        String page = page();
        try (SampleCollector collector = new SampleCollector(folder)) {
            List<String> metrics = found(METRIC, collector.get("/metrics"));
            assertThat(metrics)
                    .hasSizeGreaterThan(20)
                    .allSatisfy(metric -> assertThat(page).contains("`" + metric + "`"));
        }
    }

    @Test
    void it_has_each_alert() throws Exception {
        String page = page();
        List<String> alerts =
                found(ALERT, Files.readString(Page.HOME.resolve("deploy/prometheus/internal-events.rules.yml")));
        assertThat(alerts).isNotEmpty().allSatisfy(alert -> assertThat(page).contains("| `" + alert + "` |"));
    }

    private static String page() throws Exception {
        return Files.readString(Page.HOME.resolve("docs/operate.md"));
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult one) -> one.group(1))
                .toList();
    }
}
