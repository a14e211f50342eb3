package dev.internalevents.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles what a recipe wrote, with the client. */
final class CompiledWithClient {

    private CompiledWithClient() {}

    /** Returns the source, which compiles. */
    static String compiled(String source) {
        StringWriter messages = new StringWriter();
        String type = source.replaceAll("(?s).*?\\bclass (\\w+).*", "$1");
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + type + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };

        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-implicit:none", "-Xlint:none", "-d", "target"),
                        null,
                        List.of(file))
                .call();

        assertThat(compiles).as(messages.toString()).isTrue();
        return source;
    }
}
