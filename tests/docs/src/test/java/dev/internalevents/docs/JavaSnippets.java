package dev.internalevents.docs;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compiles all Java blocks at once, with the class path of this test. A block with a package stands for itself. Any
 * other has the imports of the blocks above it on the page, of its own and of the page's "given" comments, and then is
 *
 * <ul>
 *   <li>a file, if it declares a class with nothing around it;
 *   <li>statements of a method, if it parses as such;
 *   <li>otherwise members of a class: a method with an annotation.
 * </ul>
 *
 * An ellipsis outside of strings stands for code that is left out.
 */
final class JavaSnippets {

    private static final Pattern IMPORT = Pattern.compile("(?m)^import [^;]+;.*$");
    private static final Pattern TYPE = Pattern.compile(
            "(?m)^(?:@\\w+.*\\s+)*(?:public |final |abstract )*(?:class|@?interface|record|enum) (\\w+)");

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    private final Path folder;

    JavaSnippets(Path folder) {
        this.folder = folder;
    }

    /** Returns the compiler's errors by the name of their block; a block without errors has none. */
    Map<String, String> errors(List<Page> pages, List<Path> generated) throws IOException {
        List<JavaFileObject> sources = new ArrayList<>();
        for (Page page : pages) {
            sources.addAll(sources(page));
        }
        Map<String, String> errors = new HashMap<>();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = COMPILER.getStandardFileManager(problems, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
            files.getJavaFileObjectsFromPaths(generated).forEach(sources::add);
            StringWriter output = new StringWriter();
            COMPILER.getTask(
                            output,
                            files,
                            problems,
                            List.of("--release", "17", "-proc:none", "-Xmaxerrs", "1000", "-classpath", classPath()),
                            null,
                            sources)
                    .call();
        }
        for (Diagnostic<? extends JavaFileObject> problem : problems.getDiagnostics()) {
            if (problem.getKind() == Diagnostic.Kind.ERROR) {
                String where = problem.getSource() instanceof Source source ? source.block : "?";
                errors.merge(where, describe(problem), (one, other) -> one + "\n" + other);
            }
        }
        return errors;
    }

    private static String describe(Diagnostic<? extends JavaFileObject> problem) {
        String line = problem.getSource() instanceof Source source
                ? source.text.lines().toList().get((int) Math.max(0, problem.getLineNumber() - 1))
                : "";
        return problem.getMessage(Locale.ROOT) + "\n    in: " + line.strip();
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static List<Source> sources(Page page) {
        String name = "docs." + page.name().replaceAll("\\.md$", "").replaceAll("[^a-zA-Z]", "_");
        Set<String> imports = new LinkedHashSet<>();
        List<Source> sources = new ArrayList<>();
        collectImports(page.given(), imports);
        sources.add(new Source(
                page.name() + " given",
                name + ".Given",
                head(name, imports) + "public class Given {\n" + withoutImports(page.given()) + "}\n"));
        for (Block block : page.blocks()) {
            if (block.language().equals("java") && !block.isSkipped()) {
                String text = block.text()
                        .replaceAll("\\(…\\)", "()")
                        .replaceAll("\\{ … }", "{ }")
                        .replaceAll("(?m)^(\\s*)…$", "$1// left out");
                collectImports(text, imports);
                sources.add(source(block, name + ".line" + block.line(), name, text, imports));
            }
        }
        return sources;
    }

    private static Source source(Block block, String own, String page, String text, Set<String> imports) {
        if (text.contains("\npackage ") || text.startsWith("package ")) {
            String type = firstGroup(TYPE, text);
            String of = firstGroup(Pattern.compile("(?m)^package ([^;]+);"), text);
            return new Source(block.name(), of + "." + type, text);
        }
        String code = withoutImports(text);
        String head = head(own, imports) + "import static " + page + ".Given.*;\nimport " + page + ".Given;\n";
        String type = firstGroup(TYPE, code);
        if (!type.isEmpty()) {
            return new Source(block.name(), own + "." + type, head + code);
        }
        // In the package of the page's "given", whose members it uses
        String snippet = "Snippet" + block.line();
        head = head(page, imports) + "class " + snippet + " extends Given {";
        String members = head + code + "}\n";
        String statements = head + "\nvoid run() throws Exception {\n" + code
                + (code.stripTrailing().matches("(?s).*[;}]|.*//[^\n]*") ? "" : ";") + "\n}\n}\n";
        return new Source(block.name(), page + "." + snippet, parses(statements) ? statements : members);
    }

    /** Returns whether the compiler's parser takes a text; what its names mean does not matter. */
    private static boolean parses(String text) {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        com.sun.source.util.JavacTask task = (com.sun.source.util.JavacTask) COMPILER.getTask(
                null, null, problems, List.of("-proc:none"), null, List.of(new Source("", "Snippet", text)));
        try {
            task.parse();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return problems.getDiagnostics().stream().noneMatch(problem -> problem.getKind() == Diagnostic.Kind.ERROR);
    }

    private static void collectImports(String text, Set<String> imports) {
        IMPORT.matcher(text).results().forEach(found -> imports.add(found.group()));
    }

    private static String withoutImports(String text) {
        return IMPORT.matcher(text).replaceAll("");
    }

    private static String head(String packageName, Set<String> imports) {
        return "package " + packageName + ";\n" + String.join("\n", imports) + "\n";
    }

    private static String firstGroup(Pattern pattern, String text) {
        var found = pattern.matcher(text);
        return found.find() ? found.group(1) : "";
    }

    /** A source in memory, and the block that it is made from. */
    private static final class Source extends SimpleJavaFileObject {
        private final String block;
        private final String text;

        Source(String block, String type, String text) {
            super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
            this.block = block;
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
