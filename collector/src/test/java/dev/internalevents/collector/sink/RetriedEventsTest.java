package dev.internalevents.collector.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failed events that became good and wait for the lake. */
class RetriedEventsTest {

    @TempDir
    private Path folder;

    @Test
    void turns_increase_although_the_clock_was_set_back() {
        long ofTomorrow = (System.currentTimeMillis() + Duration.ofDays(1).toMillis()) * 1_000;
        new RetriedEvents(folder).done(ofTomorrow);
        RetriedEvents later = new RetriedEvents(folder);

        assertThat(later.add(7)).isTrue();
        later.changed(7);
        // As the lake answers when it is opened
        later.done(ofTomorrow);

        assertThat(later.first()).isEqualTo(7);
        assertThat(new RetriedEvents(folder).first()).isEqualTo(7);
    }

    @Test
    void events_that_the_lake_has_are_not_added_again() throws Exception {
        RetriedEvents events = new RetriedEvents(folder);
        assertThat(events.add(7)).isTrue();
        String[] line = Files.readString(folder.resolve(RetriedEvents.FILE)).split(" ", 2);
        assertThat(events.add(3)).isTrue();
        events.changed(7);
        events.changed(3);

        events.done(Long.parseLong(line[0]));

        assertThat(events.first()).isEqualTo(3);
        assertThat(new RetriedEvents(folder).first()).isEqualTo(3);
        new RetriedEvents(folder).done(Long.MAX_VALUE / 2);
        assertThat(new RetriedEvents(folder).first()).isEqualTo(Long.MAX_VALUE);
    }
}
