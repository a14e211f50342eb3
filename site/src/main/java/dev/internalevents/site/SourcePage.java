package dev.internalevents.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/**
 * A Markdown file of the repository.
 *
 * @param path its path in the repository, with slashes
 * @param title the text of its first heading
 * @param anchors its headings and the anchors that GitHub and GitLab give them
 */
record SourcePage(String path, String title, Node document, Map<Heading, String> anchors) {

    static final List<org.commonmark.Extension> EXTENSIONS = List.of(TablesExtension.create());

    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

    static SourcePage read(Path root, String path) throws IOException {
        Node document = PARSER.parse(Files.readString(root.resolve(path)));
        Map<Heading, String> anchors = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        document.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                String anchor = anchor(text(heading));
                int before = seen.merge(anchor, 1, Integer::sum) - 1;
                anchors.put(heading, before == 0 ? anchor : anchor + "-" + before);
            }

            @Override
            public void visit(HtmlBlock html) {
                // Comments are for the tests of the pages.
                if (html.getLiteral().startsWith("<!--")) {
                    html.unlink();
                }
            }
        });
        String title =
                anchors.keySet().stream().findFirst().map(SourcePage::text).orElse(path);
        return new SourcePage(path, title, document, anchors);
    }

    /** Returns the name of the page's file in the site. */
    String file() {
        if (path.equals("docs/README.md")) {
            return "index.html";
        }
        String name = path.equals("README.md") ? "overview.md" : path.substring(path.lastIndexOf('/') + 1);
        return name.toLowerCase(Locale.ROOT).replaceAll("\\.md$", ".html");
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\p{M}_ -]", "")
                .replace(' ', '-');
    }

    /** Returns the text in a node, without its markup. */
    static String text(Node node) {
        StringBuilder text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(SoftLineBreak part) {
                text.append(' ');
            }
        });
        return text.toString();
    }
}
