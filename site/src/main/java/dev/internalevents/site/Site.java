package dev.internalevents.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Writes the pages of the repository as static HTML. The page docs/README.md is the site's first, and the headings and
 * links in it are the navigation, so there is one place that groups the pages.
 */
public final class Site {

    private static final String INDEX = "docs/README.md";
    private static final List<String> BESIDE_DOCS = List.of(
            "README.md",
            "ARCHITECTURE.md",
            "VERSIONING.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "RELEASING.md");
    private static final Set<String> WITHOUT_NAVIGATION = Set.of("SECURITY.md", "RELEASING.md");

    private final Map<String, SourcePage> pages = new LinkedHashMap<>();
    private final Path root;
    private final Links links;

    private Site(Path root) throws IOException {
        this.root = root;
        for (String path : BESIDE_DOCS) {
            if (Files.exists(root.resolve(path))) {
                pages.put(path, SourcePage.read(root, path));
            }
        }
        try (Stream<Path> files = Files.list(root.resolve("docs"))) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".md")) {
                    String path = "docs/" + file.getFileName();
                    pages.put(path, SourcePage.read(root, path));
                }
            }
        }
        links = new Links(root, pages);
    }

    /** Takes the folder of the repository and that of the site. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]).toAbsolutePath().normalize();
        int count = write(Path.of(args[0]).toAbsolutePath().normalize(), folder);
        System.out.println(count + " pages in " + folder + "; start with index.html");
    }

    /**
     * Writes the site, and replaces the files of an earlier one.
     *
     * @param root the folder of the repository, with docs/README.md
     * @return the number of pages
     * @throws IOException if a file cannot be read or written, or with a list of all broken links and of pages that are
     *     missing in the navigation
     */
    public static int write(Path root, Path folder) throws IOException {
        Site site = new Site(root);
        Files.createDirectories(folder.resolve("images"));
        SearchIndex search = new SearchIndex();
        for (SourcePage page : site.pages.values()) {
            Files.writeString(folder.resolve(page.file()), site.html(page));
            search.add(page);
        }
        site.reportProblems();
        Files.writeString(folder.resolve("sections.js"), search.script());
        for (String asset : List.of("site.css", "site.js", "search.js")) {
            Files.writeString(folder.resolve(asset), resource(asset));
        }
        for (String image : site.links.images()) {
            Path file = root.resolve(image);
            Files.copy(file, folder.resolve("images").resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        return site.pages.size();
    }

    private void reportProblems() throws IOException {
        List<String> problems = new ArrayList<>(links.broken());
        Set<String> missing = new TreeSet<>(pages.keySet());
        missing.removeAll(WITHOUT_NAVIGATION);
        missing.remove(INDEX);
        new LinkVisitor(
                        index(),
                        (page, link) -> missing.removeIf(path -> links.target(page, link.getDestination())
                                .replaceFirst("#.*", "")
                                .equals(file(path))))
                .visit();
        missing.forEach(path -> problems.add(path + ": no link in " + INDEX + "; expected one in a group there"));
        if (!problems.isEmpty()) {
            throw new IOException("The site has problems:\n" + String.join("\n", problems));
        }
    }

    private String file(String path) {
        SourcePage page = pages.get(path);
        return page == null ? "" : page.file();
    }

    private SourcePage index() throws IOException {
        SourcePage index = pages.get(INDEX);
        if (index == null) {
            throw new IOException(root.resolve(INDEX) + ": no such file; it is the first page of the site");
        }
        return index;
    }

    private String html(SourcePage page) throws IOException {
        HtmlRenderer renderer = HtmlRenderer.builder()
                .extensions(SourcePage.EXTENSIONS)
                .attributeProviderFactory(context -> (node, tag, attributes) -> {
                    if (node instanceof Heading heading) {
                        attributes.put("id", page.anchors().getOrDefault(heading, ""));
                    } else if (node instanceof Link link) {
                        String target = links.target(page, link.getDestination());
                        if (target.isEmpty()) {
                            // A file of the repository
                            attributes.remove("href");
                            attributes.put("title", "in the repository: " + link.getDestination());
                        } else {
                            attributes.put("href", target);
                        }
                    } else if (node instanceof Image image) {
                        attributes.put("src", links.image(page, image.getDestination()));
                    } else if (tag.equals("pre")) {
                        attributes.put("tabindex", "0");
                    }
                })
                .build();
        return resource("page.html")
                .replace("{{title}}", escape(page.title()))
                .replace("{{navigation}}", navigation(page))
                // Wide tables scroll by themselves, so that a phone shows the text in its width.
                .replace(
                        "{{content}}",
                        renderer.render(page.document())
                                .replace("<table>", "<div class=\"table\" tabindex=\"0\"><table>")
                                .replace("</table>", "</table></div>"));
    }

    /** Returns the groups of the first page, each with its links. */
    private String navigation(SourcePage current) throws IOException {
        SourcePage index = index();
        StringBuilder html = new StringBuilder(
                "<p><a href=\"index.html\"" + marked(current, "index.html") + ">Documentation</a></p>\n");
        boolean open = false;
        for (Node node = index.document().getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading heading && heading.getLevel() == 2) {
                html.append(open ? "</ul>\n" : "")
                        .append("<h2>")
                        .append(escape(SourcePage.text(heading)))
                        .append("</h2>\n<ul>\n");
                open = true;
            } else if (open) {
                new LinkVisitor(index, node, (page, link) -> {
                            String target = links.target(page, link.getDestination());
                            html.append("<li><a href=\"")
                                    .append(escape(target))
                                    .append('"')
                                    .append(marked(current, target))
                                    .append('>')
                                    .append(escape(SourcePage.text(link)))
                                    .append("</a></li>\n");
                        })
                        .visit();
            }
        }
        return html.append(open ? "</ul>\n" : "").toString();
    }

    private static String marked(SourcePage current, String target) {
        return current.file().equals(target) ? " aria-current=\"page\"" : "";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Site.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + ": missing on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Calls a function for each link below a node. */
    private static final class LinkVisitor extends AbstractVisitor {
        private final SourcePage page;
        private final Node start;
        private final java.util.function.BiConsumer<SourcePage, Link> action;

        LinkVisitor(SourcePage page, java.util.function.BiConsumer<SourcePage, Link> action) {
            this(page, page.document(), action);
        }

        LinkVisitor(SourcePage page, Node start, java.util.function.BiConsumer<SourcePage, Link> action) {
            this.page = page;
            this.start = start;
            this.action = action;
        }

        void visit() {
            start.accept(this);
        }

        @Override
        public void visit(Link link) {
            action.accept(page, link);
        }
    }
}
