package dev.internalevents.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.Scope;
import dev.internalevents.protocol.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee11.jsp.JettyJspServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.templateresolver.StringTemplateResolver;

class PageContextTest {

    private static final String START = "<script type=\"application/json\" id=\"internal-events-context\">";

    private static final EventContext CONTEXT = EventContext.builder()
            .environment("production")
            .realm("saas")
            .userId("from-a-header")
            .hostName("shop.example")
            .extra(Map.of("text", "</script><!-- & ü \u2028\u2029 'x' \"y\""))
            .build();

    @Test
    void nothing_of_a_text_ends_the_script() {
        String script = PageContext.of(CONTEXT).script();

        assertThat(script).startsWith(START).endsWith("</script>");
        String json = json(script);
        assertThat(json).doesNotContain("<", ">", "&", "\u2028", "\u2029").contains("\\u003c/script\\u003e");
        assertThat(Json.parse(json))
                .isEqualTo(Map.of(
                        "environment",
                        "production",
                        "realm",
                        "saas",
                        "host_name",
                        "shop.example",
                        "extra",
                        CONTEXT.extra()));
    }

    @Test
    void a_user_is_named_only_by_the_application() {
        assertThat(PageContext.of(CONTEXT).json()).doesNotContain("user_id");
        assertThat(PageContext.of(CONTEXT).user(42).json()).contains("\"user_id\":42");
        assertThat(PageContext.of(CONTEXT).user("u-7").json()).contains("\"user_id\":\"u-7\"");
        assertThat(PageContext.of(CONTEXT).user("u").user(null).json()).doesNotContain("user_id");
        assertThat(PageContext.of(CONTEXT)
                        .project(7L)
                        .namespace(-1L)
                        .plan("premium")
                        .json())
                .contains("\"project_id\":7", "\"plan\":\"premium\"")
                .doesNotContain("namespace_id");
        assertThat(PageContext.of(CONTEXT).user("secret")).asString().doesNotContain("secret");
    }

    @Test
    void thymeleaf_writes_it() {
        TemplateEngine engine = new TemplateEngine();
        engine.setTemplateResolver(new StringTemplateResolver());
        engine.addDialect(new InternalEventsDialect());
        Context variables = new Context(null, Map.of("account", Map.of("id", 42L), "project", 7));
        String template = "<head><internal-events:context user=\"${account.id}\" project=\"${project}\"/></head>";
        try (Scope scope = CONTEXT.makeCurrent()) {
            assertThat(engine.process(template, variables))
                    .isEqualTo("<head>"
                            + PageContext.of(CONTEXT).user(42).project(7L).script() + "</head>");
            assertThat(engine.process("<internal-events:context/>", variables))
                    .isEqualTo(PageContext.of(CONTEXT).script());
        }
    }

    @Test
    void a_page_of_jsp_writes_it(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("page.jsp"), """
                <%@ page session="false" %><%@ taglib prefix="ie" uri="https://internal-events.dev/tags" %><ie:context user="${param.user}" project="7"/>""");
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler pages = new ServletContextHandler("/");
        pages.setBaseResourceAsPath(folder);
        pages.setClassLoader(PageContextTest.class.getClassLoader());
        ServletHolder jsp = new ServletHolder("jsp", JettyJspServlet.class);
        jsp.setInitParameter("scratchdir", folder.resolve("compiled").toString());
        pages.addServlet(jsp, "*.jsp");
        pages.addServletContainerInitializer(new org.eclipse.jetty.ee11.apache.jsp.JettyJasperInitializer());
        Files.createDirectories(folder.resolve("compiled"));
        server.setHandler(pages);
        server.start();
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(
                                            "http://127.0.0.1:" + connector.getLocalPort() + "/page.jsp?user=%3C4"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(List.of(answer.body().strip()))
                    .containsExactly(PageContext.of(EventContext.empty())
                            .user("<4")
                            .project(7L)
                            .script());
        } finally {
            server.stop();
        }
    }

    private static String json(String script) {
        return script.substring(START.length(), script.length() - "</script>".length());
    }
}
