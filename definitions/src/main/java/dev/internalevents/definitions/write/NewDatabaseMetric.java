package dev.internalevents.definitions.write;

import dev.internalevents.definitions.DataCategory;
import dev.internalevents.definitions.DataSource;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.TimeFrame;
import java.util.List;

/**
 * A new metric whose value a class computes from a database.
 *
 * @param keyPath the place in the Service Ping, without the suffixes of time frames
 * @param instrumentationClass the class that computes it
 * @param description the whole description
 * @param timeFrames written as a list, so that each gets its own key path
 */
public record NewDatabaseMetric(
        String keyPath,
        String instrumentationClass,
        String description,
        List<TimeFrame> timeFrames,
        Introduction introduction) {

    private static final List<TimeFrame> ORDER =
            List.of(TimeFrame.SEVEN_DAYS, TimeFrame.TWENTY_EIGHT_DAYS, TimeFrame.ALL);

    public NewDatabaseMetric {
        timeFrames = FileOrder.sorted(timeFrames, ORDER);
    }

    /** Returns the tiers, from the lowest to the highest. */
    public List<Tier> tiers() {
        return introduction.tiers();
    }

    /** Returns the path of the file below the folder that contains {@code metrics}. */
    public String file() {
        return "metrics/counts_all/" + keyPath + ".yml";
    }

    /** Returns the content of the file, in the order of GitLab's files. */
    public String yaml() {
        return new YamlText()
                .text(Keys.KEY_PATH, keyPath)
                .text(Keys.DESCRIPTION, description)
                .aboutMetric(introduction)
                .list(Keys.TIME_FRAME, timeFrames.stream().map(Term::term).toList())
                .plain(Keys.DATA_SOURCE, DataSource.DATABASE.term())
                .plain(Keys.DATA_CATEGORY, DataCategory.OPTIONAL.term())
                .list(Keys.TIERS, tiers().stream().map(Term::term).toList())
                .text(Keys.INSTRUMENTATION_CLASS, instrumentationClass)
                .toString();
    }
}
