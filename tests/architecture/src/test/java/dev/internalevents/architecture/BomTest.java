package dev.internalevents.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The BOM manages every library that is published. */
class BomTest {

    @Test
    void every_published_library_is_in_the_bom() {
        assertThat(SourceTree.find(SourceTree.pomOf("bom"), "<artifactId>(internal-events-[^<]+)</artifactId>"))
                .filteredOn(artifact -> !artifact.equals("internal-events-bom"))
                .containsExactlyInAnyOrderElementsOf(SourceTree.publishedModules().stream()
                        .filter(module ->
                                !SourceTree.text(SourceTree.pomOf(module)).contains("<packaging>"))
                        .map(SourceTree::artifactOf)
                        .toList());
    }
}
