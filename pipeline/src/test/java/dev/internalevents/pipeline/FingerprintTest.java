package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Names remembered from one event do not affect the next. */
class FingerprintTest {

    private static final List<String> NAMES =
            List.of("e", "tv", "p", "eid", "stm", "se_ac", "se_ca", "uid", "", "é", "\ud83d");

    private final Random random = new Random(1_126);
    private final Fingerprint fingerprint = new Fingerprint();

    @Test
    void is_the_md5_of_names_and_values_in_order_whatever_was_before() throws Exception {
        Map<String, String> last = Map.of();
        for (int i = 0; i < 20_000; i++) {
            Map<String, String> event = random.nextInt(3) == 0 ? last : event();
            assertThat(fingerprint.of(event)).isEqualTo(expected(event));
            last = event;
        }
    }

    @Test
    void events_with_many_and_with_long_names_have_theirs_too() throws Exception {
        for (int names : new int[] {63, 64, 65, 66, 1, 0, 500, 64}) {
            for (int length : new int[] {1, 14, 15, 16, 17, 1_024, 2_000}) {
                Map<String, String> event = new LinkedHashMap<>();
                for (int i = 0; i < names; i++) {
                    event.put(i + "x".repeat(length), "v" + i);
                }
                assertThat(fingerprint.of(event)).isEqualTo(expected(event));
                assertThat(fingerprint.of(event)).isEqualTo(expected(event));
            }
        }
    }

    private Map<String, String> event() {
        List<String> names = new ArrayList<>(NAMES.subList(0, random.nextInt(NAMES.size() + 1)));
        Collections.shuffle(names, random);
        Map<String, String> event = new LinkedHashMap<>();
        names.forEach(name -> event.put(name, List.of("", "a", "b\0", "é").get(random.nextInt(4))));
        return event;
    }

    private static byte[] expected(Map<String, String> event) throws Exception {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        for (Map.Entry<String, String> parameter : new TreeMap<>(event).entrySet()) {
            if (!parameter.getKey().equals("eid") && !parameter.getKey().equals("stm")) {
                md5.update((parameter.getKey() + "\0" + parameter.getValue() + "\0").getBytes(StandardCharsets.UTF_8));
            }
        }
        return md5.digest();
    }
}
