package aeterna.chaos.cluster.k3s;

import aeterna.chaos.model.Image;
import java.util.Map;

/**
 * The images a testbed is made of.
 *
 * @param node {@code rancher/k3s}, or ours that honours its contract
 * @param registry serves images to the nodes
 * @param inCluster what pods run, by the name that manifests call it: {@code ${image.coredns}} and so on
 */
public record K3sImages(Image node, Image registry, Map<String, Image> inCluster) {
    public K3sImages {
        inCluster = Map.copyOf(inCluster);
    }
}
