package dev.internalevents.definitions.write;

import dev.internalevents.definitions.DataCategory;
import dev.internalevents.definitions.DataSource;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.definitions.write.CountedEvents.Counted;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * A new metric that counts events.
 *
 * @param counted what it counts
 * @param name replaces the names of the events in the key path and the file name
 * @param description what it counts, after the beginning such as {@code Count of unique users who}
 */
public record NewMetric(
        CountedEvents counted, Optional<String> name, String description, Introduction introduction) {

    /** The maximum length of a file name in GitLab's generator, including the extension. */
    public static final int MAX_FILE_NAME = 100;

    /** Returns the place in the Service Ping; for several time frames, without their suffixes. */
    public String keyPath() {
        return counted.keyPath(name);
    }

    /** Returns the tiers, from the lowest to the highest. */
    public List<Tier> tiers() {
        return introduction.tiers();
    }

    /** Returns the path of the file below the folder that contains {@code metrics}. */
    public String file() {
        List<TimeFrame> timeFrames = counted.timeFrames();
        String folder = timeFrames.size() == 1 ? "counts_" + timeFrames.get(0).term() : "counts_all";
        return "metrics/" + folder + "/" + counted.slug(name) + ".yml";
    }

    /** Returns the content of the file, in the order of GitLab's files. */
    public String yaml() {
        List<TimeFrame> timeFrames = counted.timeFrames();
        YamlText yaml = new YamlText()
                .text(Keys.KEY_PATH, keyPath())
                .text(Keys.DESCRIPTION, counted.beginning() + description)
                .aboutMetric(introduction);
        if (timeFrames.size() == 1) {
            yaml.plain(Keys.TIME_FRAME, timeFrames.get(0).term());
        } else {
            yaml.list(Keys.TIME_FRAME, timeFrames.stream().map(Term::term).toList());
        }
        yaml.plain(Keys.DATA_SOURCE, DataSource.INTERNAL_EVENTS.term())
                .plain(Keys.DATA_CATEGORY, DataCategory.OPTIONAL.term())
                .list(Keys.TIERS, tiers().stream().map(Term::term).toList())
                .line(0, Keys.EVENTS + ":");
        counted.events().forEach(event -> rule(yaml, event));
        return yaml.toString();
    }

    private void rule(YamlText yaml, Counted event) {
        yaml.line(0, "- " + Keys.NAME + ": " + YamlText.key(event.action()));
        if (counted.measure() instanceof Measure.Unique unique) {
            yaml.line(2, Keys.UNIQUE + ": " + unique.by().term());
        }
        if (!event.filter().isEmpty()) {
            yaml.line(2, Keys.FILTER + ":");
            event.filter().forEach((property, value) -> {
                if (value instanceof BigDecimal number) {
                    yaml.number(4, YamlText.key(property), number);
                } else {
                    yaml.text(4, YamlText.key(property), String.valueOf(value));
                }
            });
        }
        if (counted.measure() instanceof Measure.Sum) {
            yaml.line(2, Keys.OPERATOR + ": " + Measure.SUM_OPERATOR);
        }
    }
}
