package aeterna.chaos.cluster.k3s;

/**
 * The fixed addresses in a testbed's network: a node that is switched on again keeps its own.
 *
 * @param subnet the first three bytes of a /24, such as {@code 172.28.0}
 */
record Addresses(String subnet) {
    /** The network as Docker wants it. */
    String cidr() {
        return subnet + ".0/24";
    }

    /** Docker's end of the network. */
    String gateway() {
        return subnet + ".1";
    }

    /** The registry inside. */
    String registry() {
        return subnet + ".2";
    }

    /** The node named {@code node-N}, N from 0 to 99. */
    String of(String node) {
        return subnet + "." + (100 + Integer.parseInt(node.substring(node.lastIndexOf('-') + 1)));
    }
}
