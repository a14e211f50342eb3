package dev.internalevents.frontend;

import dev.internalevents.client.EventContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.thymeleaf.context.ITemplateContext;
import org.thymeleaf.dialect.AbstractProcessorDialect;
import org.thymeleaf.model.IProcessableElementTag;
import org.thymeleaf.processor.IProcessor;
import org.thymeleaf.processor.element.AbstractElementTagProcessor;
import org.thymeleaf.processor.element.IElementTagStructureHandler;
import org.thymeleaf.standard.expression.StandardExpressions;
import org.thymeleaf.templatemode.TemplateMode;

/**
 * A Thymeleaf dialect that replaces {@code <internal-events:context/>} by the script element with the context of the
 * request; see {@link PageContext}. Its attributes {@code user}, {@code project}, {@code namespace} and {@code plan}
 * are expressions.
 *
 * <pre>{@code
 * <internal-events:context user="${account.id}" project="${project.id}"/>
 * }</pre>
 */
public final class InternalEventsDialect extends AbstractProcessorDialect {

    /** The prefix of the dialect: {@value}. */
    public static final String PREFIX = "internal-events";

    private static final int PRECEDENCE = 1_000;

    public InternalEventsDialect() {
        super("Internal Events", PREFIX, PRECEDENCE);
    }

    @Override
    public Set<IProcessor> getProcessors(String dialectPrefix) {
        return Set.of(new ContextElement(dialectPrefix));
    }

    private static final class ContextElement extends AbstractElementTagProcessor {

        ContextElement(String prefix) {
            super(TemplateMode.HTML, prefix, "context", true, null, false, PRECEDENCE);
        }

        @Override
        protected void doProcess(
                ITemplateContext context, IProcessableElementTag tag, IElementTagStructureHandler structure) {
            Object plan = value(context, tag, "plan");
            PageContext page = PageContext.of(EventContext.current())
                    .user(value(context, tag, "user"))
                    .plan(plan == null ? EventContext.current().plan() : plan.toString());
            Long project = number(value(context, tag, "project"));
            Long namespace = number(value(context, tag, "namespace"));
            page = project == null ? page : page.project(project);
            page = namespace == null ? page : page.namespace(namespace);
            structure.replaceWith(context.getModelFactory().createText(page.script()), false);
        }

        private static @Nullable Object value(ITemplateContext context, IProcessableElementTag tag, String attribute) {
            String expression = tag.getAttributeValue(attribute);
            return expression == null || expression.isBlank()
                    ? null
                    : StandardExpressions.getExpressionParser(context.getConfiguration())
                            .parseExpression(context, expression)
                            .execute(context);
        }

        private static @Nullable Long number(@Nullable Object value) {
            return value instanceof Number number ? (Long) number.longValue() : null;
        }
    }
}
