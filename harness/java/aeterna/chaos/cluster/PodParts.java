package aeterna.chaos.cluster;

import java.util.Map;

/**
 * What a pod is made of.
 *
 * @param uid of this incarnation
 * @param containers name to the container runtime's id, those that have been started
 * @param claims where a claimed volume is mounted, to the claim's name
 * @param mirror true when it only mirrors a file on its node: nobody can evict that
 */
public record PodParts(String uid, Map<String, String> containers, Map<String, String> claims, boolean mirror) {
    public PodParts {
        containers = Map.copyOf(containers);
        claims = Map.copyOf(claims);
    }
}
