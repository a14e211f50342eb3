package dev.internalevents.frontend;

import dev.internalevents.client.EventContext;
import jakarta.servlet.jsp.tagext.SimpleTagSupport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The JSP tag {@code <ie:context user="${account.id}" project="${project.id}"/>}, which writes the script element with
 * the context of the request; see {@link PageContext}. The URI of its library is
 * {@code https://internal-events.dev/tags}.
 */
public final class PageContextTag extends SimpleTagSupport {

    private PageContext page = PageContext.of(EventContext.current());

    /** Sets the user; see {@link PageContext#user}. */
    public void setUser(@Nullable Object id) {
        page = page.user(id);
    }

    /** Sets the project; see {@link PageContext#project}. Null changes nothing. */
    public void setProject(@Nullable Long id) {
        page = id == null ? page : page.project(id);
    }

    /** Sets the namespace; see {@link PageContext#namespace}. Null changes nothing. */
    public void setNamespace(@Nullable Long id) {
        page = id == null ? page : page.namespace(id);
    }

    /** Sets the plan; see {@link PageContext#plan}. Null changes nothing. */
    public void setPlan(@Nullable String plan) {
        page = plan == null ? page : page.plan(plan);
    }

    @Override
    public void doTag() throws IOException {
        getJspContext().getOut().write(page.script());
    }
}
