package dev.internalevents.site;

import java.io.StringWriter;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The text of all sections as a script. A page that is opened as a file may load scripts, but no JSON, so the search
 * needs no server.
 */
final class SearchIndex {

    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text);

    SearchIndex() {
        json.writeStartArray();
    }

    /** Adds the sections of a page: what follows each heading, up to the next one. */
    void add(SourcePage page) {
        Node node = page.document().getFirstChild();
        while (node != null) {
            String heading = page.title();
            String anchor = "";
            if (node instanceof Heading first) {
                heading = SourcePage.text(first);
                anchor = page.anchors().getOrDefault(first, "");
                node = node.getNext();
            }
            StringBuilder section = new StringBuilder();
            while (node != null && !(node instanceof Heading)) {
                section.append(textOf(node)).append(' ');
                node = node.getNext();
            }
            json.writeStartArray();
            json.writeString(page.file() + (anchor.isEmpty() ? "" : "#" + anchor));
            json.writeString(page.title());
            json.writeString(heading);
            json.writeString(section.toString().replaceAll("\\s+", " ").strip());
            json.writeEndArray();
        }
    }

    private static String textOf(Node node) {
        if (node instanceof FencedCodeBlock code) {
            return code.getLiteral();
        }
        StringBuilder text = new StringBuilder();
        if (node instanceof TableBlock || node.getFirstChild() != null) {
            for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
                boolean block =
                        child instanceof org.commonmark.node.Block || child instanceof org.commonmark.node.CustomNode;
                text.append(block ? textOf(child) + ' ' : SourcePage.text(child));
                if (child instanceof org.commonmark.node.SoftLineBreak) {
                    text.append(' ');
                }
            }
        }
        return text.toString();
    }

    /** Returns the script, which sets {@code window.sections}: for each the target, page, heading and text. */
    String script() {
        json.writeEndArray();
        json.close();
        // A line separator is allowed in JSON but was not always in scripts.
        return "window.sections = " + text.toString().replace("\u2028", " ").replace("\u2029", " ") + ";\n";
    }
}
