package dev.internalevents.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HtmlBlock;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A Markdown page, its code blocks, and what its comments say about them. A reader of the page does not see comments:
 *
 * <ul>
 *   <li>{@code <!-- test: given … -->} declares in Java what the page's snippets use and do not show: imports, and
 *       members such as a field or a class of the reader;
 *   <li>{@code <!-- test: skip, REASON -->}: the next block is not checked.
 * </ul>
 */
record Page(String name, String given, List<Block> blocks) {

    static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();

    private static final Pattern COMMENT = Pattern.compile("(?s)<!-- test: (given|skip,)\\s(.*?)-->");

    /** Returns README.md and the pages in docs. */
    static List<Page> all() {
        try (Stream<Path> files = Files.list(HOME.resolve("docs"))) {
            return Stream.concat(Stream.of(HOME.resolve("README.md")), files.sorted())
                    .filter(file -> file.toString().endsWith(".md"))
                    .map(Page::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Page read(Path file) {
        String name = HOME.relativize(file).toString();
        StringBuilder given = new StringBuilder();
        List<Block> blocks = new ArrayList<>();
        Parser.builder()
                .includeSourceSpans(IncludeSourceSpans.BLOCKS)
                .build()
                .parse(text(file))
                .accept(new AbstractVisitor() {
                    private String skipReason = "";

                    @Override
                    public void visit(HtmlBlock html) {
                        Matcher comment = COMMENT.matcher(html.getLiteral());
                        while (comment.find()) {
                            if (comment.group(1).equals("given")) {
                                given.append(comment.group(2)).append('\n');
                            } else {
                                skipReason = comment.group(2).strip();
                            }
                        }
                    }

                    @Override
                    public void visit(FencedCodeBlock code) {
                        int line = code.getSourceSpans().get(0).getLineIndex() + 1;
                        blocks.add(new Block(name, line, code.getInfo().strip(), code.getLiteral(), skipReason));
                        skipReason = "";
                    }
                });
        return new Page(name, given.toString(), blocks);
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
