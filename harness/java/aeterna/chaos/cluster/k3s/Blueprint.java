package aeterna.chaos.cluster.k3s;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What new testbeds are made of, and by what a warm one is recognized without asking for any image.
 *
 * @param netops our image that acts on machines and looks into them
 * @param helpers sees to it that this image is in the engine: it is no part of a testbed, and may be newer than a warm one
 * @param nodeImages the node images that a warm testbed may have been made of
 * @param fingerprint changes whenever the recipe of any image or add-on does
 * @param materials gets the images, building them if need be; asked only when a testbed is made
 */
public record Blueprint(
        String netops, Runnable helpers, Set<String> nodeImages, String fingerprint, Supplier<Materials> materials) {
    public Blueprint {
        nodeImages = Set.copyOf(nodeImages);
    }

    /**
     * What is needed to make one.
     *
     * @param images the images
     * @param addOns manifests of CoreDNS, metrics and storage, filled
     */
    public record Materials(K3sImages images, List<String> addOns) {
        public Materials {
            addOns = List.copyOf(addOns);
        }
    }
}
