package dev.internalevents.frontend;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextBuilder;
import dev.internalevents.protocol.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The context of a page's events, such as user, project and instance: the fields of an {@link EventContext}, written
 * for {@code internal-events.js}. Immutable and thread-safe; never blocks.
 *
 * <pre>{@code
 * PageContext.of(EventContext.current()).user(user.id()).project(7).script()
 * }</pre>
 *
 * The page's reader can see the fields. The user id from the request's headers is left out, because the browser would
 * send it with each event; set a user with {@link #user}.
 */
public final class PageContext {

    /** The id of the script element: {@value}. */
    public static final String ELEMENT_ID = "internal-events-context";

    private final EventContext context;

    private PageContext(EventContext context) {
        this.context = context;
    }

    /** Returns the fields of a context, without its user id. */
    public static PageContext of(EventContext context) {
        return new PageContext(context.toBuilder().userId(null).build());
    }

    /**
     * Returns a copy with a user id.
     *
     * @param id a whole number or a text of at most 255 characters; null for none. Other values are left out
     */
    public PageContext user(@Nullable Object id) {
        EventContextBuilder builder = context.toBuilder();
        if (id instanceof Long || id instanceof Integer || id instanceof Short) {
            builder.userId(((Number) id).longValue());
        } else {
            builder.userId(id == null ? null : id.toString());
        }
        return new PageContext(builder.build());
    }

    /** Returns a copy with a project id, 0 to 2,147,483,647; null for none. */
    public PageContext project(@Nullable Long id) {
        return new PageContext(context.toBuilder().projectId(id).build());
    }

    /** Returns a copy with a namespace id, 0 to 2,147,483,647; null for none. */
    public PageContext namespace(@Nullable Long id) {
        return new PageContext(context.toBuilder().namespaceId(id).build());
    }

    /** Returns a copy with a plan, for example {@code premium}; null for none. */
    public PageContext plan(@Nullable String plan) {
        return new PageContext(context.toBuilder().plan(plan).build());
    }

    /**
     * Returns the fields as a JSON object that is safe in a script element of HTML or XHTML: {@code <}, {@code >},
     * {@code &} and the line separators U+2028 and U+2029 are escaped.
     */
    public String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (context.toSelfDescribingJson(Map.of()).data() instanceof Map<?, ?> data) {
            data.forEach((field, value) -> fields.put((String) field, value));
        }
        // In JSON, these characters occur only inside strings.
        return Json.write(fields)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /**
     * Returns the script element that {@code internal-events.js} reads. A Content-Security-Policy allows it, because it
     * is data.
     */
    public String script() {
        return "<script type=\"application/json\" id=\"" + ELEMENT_ID + "\">" + json() + "</script>";
    }

    /** Returns the names of the fields without their values, which are personal data. */
    @Override
    public String toString() {
        return "PageContext of " + context;
    }
}
