package dev.internalevents.site;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Translates the links of a page into those of the site, and collects the broken ones. */
final class Links {

    private final Path root;
    private final Map<String, SourcePage> pages;
    private final List<String> broken = new ArrayList<>();
    private final Set<String> images = new TreeSet<>();

    /** @param pages by their path in the repository */
    Links(Path root, Map<String, SourcePage> pages) {
        this.root = root;
        this.pages = pages;
    }

    /**
     * Returns a link's target in the site: another page, or an address. A file that is not a page, such as source code,
     * is not part of the site; then the result is empty.
     */
    String target(SourcePage from, String link) {
        if (link.matches("[a-z]+:.*")) {
            return link;
        }
        int hash = link.indexOf('#');
        String anchor = hash < 0 ? "" : link.substring(hash + 1);
        String path = hash == 0 ? from.path() : resolve(from, hash < 0 ? link : link.substring(0, hash));
        SourcePage page = pages.get(path);
        if (page == null) {
            if (!Files.exists(root.resolve(path))) {
                broken.add(from.path() + ": " + link + ": no such file; expected a path relative to the page");
            }
            return "";
        }
        if (!anchor.isEmpty() && !page.anchors().containsValue(anchor)) {
            broken.add(from.path() + ": " + link + ": no such heading in " + path + "; expected one of "
                    + page.anchors().values());
        }
        return page.file() + (anchor.isEmpty() ? "" : "#" + anchor);
    }

    /** Returns where an image is in the site; it is copied there. */
    String image(SourcePage from, String link) {
        String path = resolve(from, link);
        if (!Files.exists(root.resolve(path))) {
            broken.add(from.path() + ": " + link + ": no such image");
        }
        images.add(path);
        return "images/" + path.substring(path.lastIndexOf('/') + 1);
    }

    private static String resolve(SourcePage from, String link) {
        return Path.of(from.path()).resolveSibling(link).normalize().toString().replace('\\', '/');
    }

    Set<String> images() {
        return images;
    }

    List<String> broken() {
        return broken;
    }
}
