package dev.internalevents.generator;

import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.TimeFrame;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A new metric whose value a class computes from a database.
 *
 * @param keyPath the place in the Service Ping, without the suffixes of time frames
 * @param instrumentationClass the class that computes it
 * @param description the whole description
 * @param timeFrames written as a list, so that each gets its own key path
 * @param productCategories written in alphabetical order; may be empty
 * @param introducedByUrl the change that introduces it; default: {@code TODO}
 */
public record NewDatabaseMetric(
        String keyPath,
        String instrumentationClass,
        String description,
        List<TimeFrame> timeFrames,
        String productGroup,
        List<String> productCategories,
        String milestone,
        Optional<String> introducedByUrl,
        List<Tier> tiers) {

    private static final List<TimeFrame> ORDER =
            List.of(TimeFrame.SEVEN_DAYS, TimeFrame.TWENTY_EIGHT_DAYS, TimeFrame.ALL);

    public NewDatabaseMetric {
        timeFrames = timeFrames.stream()
                .distinct()
                .sorted(Comparator.comparing(ORDER::indexOf))
                .toList();
        productCategories = productCategories.stream().distinct().sorted().toList();
        tiers = tiers.stream().distinct().sorted().toList();
    }

    /** Returns the content of the file, in the order of GitLab's files. */
    public String yaml() {
        YamlText yaml = new YamlText().text("key_path", keyPath).text("description", description);
        NewMetric.about(yaml, productGroup, productCategories, milestone, introducedByUrl);
        return yaml.list("time_frame", timeFrames.stream().map(Term::term).toList())
                .plain("data_source", "database")
                .plain("data_category", "optional")
                .list("tiers", tiers.stream().map(Term::term).toList())
                .text("instrumentation_class", instrumentationClass)
                .toString();
    }

    /** Returns the path of the file below the folder that contains {@code metrics}. */
    public String file() {
        return "metrics/counts_all/" + keyPath + ".yml";
    }
}
