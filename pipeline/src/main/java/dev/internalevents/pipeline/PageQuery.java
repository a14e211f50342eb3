package dev.internalevents.pipeline;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The unescaped parameters of a page URL's query. {@code &} and {@code ;} separate them, as in Snowplow's pipeline; if
 * a name is repeated, the last value wins.
 */
final class PageQuery {

    private final Map<String, String> parameters = new HashMap<>();

    private PageQuery() {}

    static PageQuery of(String query) {
        PageQuery read = new PageQuery();
        int from = 0;
        for (int i = 0; i <= query.length(); i++) {
            if (i == query.length() || query.charAt(i) == '&' || query.charAt(i) == ';') {
                read.add(query.substring(from, i));
                from = i + 1;
            }
        }
        return read;
    }

    private void add(String pair) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        if (!name.isEmpty()) {
            parameters.put(UrlParts.unescape(name), equals < 0 ? "" : UrlParts.unescape(pair.substring(equals + 1)));
        }
    }

    /** Returns the value; empty for a name without a value, null if the name is missing. */
    @Nullable
    String get(String name) {
        return parameters.get(name);
    }
}
