package dev.internalevents.hostile.headers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Values that a caller can send in a header, without line breaks, which would make several headers. */
final class NastyHeaders {

    private NastyHeaders() {}

    static List<String> values() {
        Map<String, Boolean> all = new LinkedHashMap<>();
        texts().forEach(value -> all.put(value, true));
        numbers().forEach(value -> all.put(value, true));
        lists().forEach(value -> all.put(value, true));
        json().forEach(value -> all.put(value, true));
        for (String unit : List.of("a", "é", "😀")) {
            for (int length : List.of(32, 33, 64, 65, 255, 256, 1_000, 1_001)) {
                all.put(unit.repeat(length), true);
            }
        }
        return List.copyOf(all.keySet());
    }

    private static List<String> texts() {
        return List.of(
                "",
                " ",
                "\t",
                "a\tb",
                "two words",
                "null",
                "NULL",
                "undefined",
                "true",
                "maybe",
                "saas",
                "SaaS",
                " saas ",
                "self-managed",
                "dedicated",
                ".com",
                "moon",
                "\"quoted\"",
                "back\\slash",
                "</script>",
                "%s%n${x}",
                "a;b=c, d",
                "ü\u0085ÿ",
                "\u00a0");
    }

    private static List<String> numbers() {
        return List.of(
                "0",
                "1",
                "-1",
                "+1",
                "007",
                "1.5",
                "1.0",
                "1e3",
                "NaN",
                "0x10",
                "1_000",
                "٣",
                "2147483647",
                "2147483648",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775809",
                "9".repeat(400));
    }

    private static List<String> lists() {
        return List.of(",", "1,1,2", "1,,x, 2 ,-1,2147483648,1", "x,y", "1;2", "[1,2]", ids(2_000), "7".repeat(5_000));
    }

    private static List<String> json() {
        return List.of(
                "{}",
                "[]",
                "{",
                "{'a':1}",
                "{\"a\":1} x",
                "{\"distribution\":\"glab\"}",
                "{\"\":\"\",\"a\":null}",
                "{\"environment\":\"x\",\"extra\":{\"realm\":7}}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":\"\\u0000\\ud83d\\ude00\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":1e400}",
                "{\"a\":1e-2147483647}",
                "{\"a\":1e2147483647}",
                "{\"a\":-0.0,\"b\":" + "9".repeat(400) + "}",
                "{\"a\":" + "9".repeat(401) + "}",
                "{\"a\":" + "[".repeat(3) + "1" + "]".repeat(3) + "}",
                "{\"a\":" + "[".repeat(4) + "1" + "]".repeat(4) + "}",
                "{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}",
                IntStream.range(0, 60).mapToObj(i -> "\"k" + i + "\":" + i).collect(Collectors.joining(",", "{", "}")),
                "{\"a\":\"" + "x".repeat(4_088) + "\"}",
                "{\"a\":\"" + "x".repeat(4_089) + "\"}",
                "{\"a\":\"" + "é".repeat(2_044) + "\"}",
                "{\"a\":[" + "1,".repeat(2_000) + "1]}",
                "{\"" + "k".repeat(4_000) + "\":1}");
    }

    private static String ids(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }
}
