package dev.internalevents.frontend;

import dev.internalevents.client.EventContext;
import dev.internalevents.protocol.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the events of a page say about who, where and on which instance: the fields of an {@link EventContext}, for {@code
 * internal-events.js}. Immutable, safe for use by several threads, never blocks.
 *
 * <pre>{@code
 * PageContext.of(EventContext.current()).user(user.id()).project(7).script()
 * }</pre>
 *
 * The page shows what is in it to its reader. The user id of the request's headers is left out, since the browser would send
 * it with each event; a user is named by {@link #user}.
 */
public final class PageContext {

    /** The id of the script element: {@value}. */
    public static final String ELEMENT_ID = "internal-events-context";

    private final EventContext context;

    private PageContext(EventContext context) {
        this.context = context;
    }

    /** The fields of a context without its user id. */
    public static PageContext of(EventContext context) {
        return new PageContext(context.toBuilder().userId(null).build());
    }

    /**
     * The same with the user's id.
     *
     * @param id a whole number or a text of 255 characters at most; null for none. Others are left out
     */
    public PageContext user(@Nullable Object id) {
        EventContext.Builder builder = context.toBuilder();
        if (id instanceof Long || id instanceof Integer || id instanceof Short) {
            builder.userId(((Number) id).longValue());
        } else {
            builder.userId(id == null ? null : id.toString());
        }
        return new PageContext(builder.build());
    }

    /** The same with the project's id, 0 to 2,147,483,647; null for none. */
    public PageContext project(@Nullable Long id) {
        return new PageContext(context.toBuilder().projectId(id).build());
    }

    /** The same with the namespace's id, 0 to 2,147,483,647; null for none. */
    public PageContext namespace(@Nullable Long id) {
        return new PageContext(context.toBuilder().namespaceId(id).build());
    }

    /** The same with the plan, for example {@code premium}; null for none. */
    public PageContext plan(@Nullable String plan) {
        return new PageContext(context.toBuilder().plan(plan).build());
    }

    /**
     * The fields as a JSON object that can stand in a script element of HTML or XHTML: {@code <}, {@code >}, {@code &} and the
     * line separators U+2028 and U+2029 are escaped.
     */
    public String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (context.toSelfDescribingJson(Map.of()).data() instanceof Map<?, ?> data) {
            data.forEach((field, value) -> fields.put((String) field, value));
        }
        // These characters can be within texts alone.
        return Json.write(fields)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** The script element that {@code internal-events.js} reads. It is data, so a Content-Security-Policy lets it pass. */
    public String script() {
        return "<script type=\"application/json\" id=\"" + ELEMENT_ID + "\">" + json() + "</script>";
    }

    /** The names of the fields, without their values: these are personal data. */
    @Override
    public String toString() {
        return "PageContext of " + context;
    }
}
