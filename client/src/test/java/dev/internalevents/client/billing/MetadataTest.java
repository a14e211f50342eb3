package dev.internalevents.client.billing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MetadataTest {

    static List<Map<String, Object>> shapes() {
        return List.of(
                Map.of(),
                Map.of("a", 1, "b", true, "c", "\"\u00e4\n\u0001\ud83d\ude00"),
                Map.of("a", List.of(), "b", Map.of(), "c", List.of(List.of(Map.of("d", List.of(1, 2))))),
                Map.of("a", Collections.nCopies(4_000, 1), "b", Collections.nCopies(100, Map.of("c", -1))),
                Map.of("a", 0.1f, "b", 1e300, "c", -2.5),
                Map.of(
                        "a",
                        BigInteger.TEN.pow(300),
                        "b",
                        List.of(new BigDecimal("1.50"), BigInteger.ONE, BigDecimal.TEN)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void fits_up_to_the_last_byte(Map<String, Object> shape) {
        int free = Metadata.MAX_BYTES - bytes(metadata(shape, 0));

        Metadata full = metadata(shape, free);
        Metadata tooLarge = metadata(shape, free + 1);

        assertThat(bytes(full)).isEqualTo(32_768);
        assertThat(full.isCut()).isFalse();
        assertThat(full.toMap()).containsOnlyKeys(with(shape, "").keySet());
        assertThat(tooLarge.isCut()).isTrue();
        assertThat(tooLarge.toMap()).containsOnlyKeys(shape.keySet());
    }

    private static Metadata metadata(Map<String, Object> shape, int length) {
        Metadata metadata = new Metadata();
        metadata.putAll(with(shape, "x".repeat(length)));
        return metadata;
    }

    private static Map<String, Object> with(Map<String, Object> shape, String rest) {
        Map<String, Object> all = new LinkedHashMap<>(shape);
        all.put("rest", rest);
        return all;
    }

    private static int bytes(Metadata metadata) {
        return Json.write(metadata.toMap()).getBytes(StandardCharsets.UTF_8).length;
    }
}
