package aeterna.chaos.model;

/**
 * The mark that everything a fault leaves on a testbed carries, so that it is found and removed by the mark alone, whoever
 * made it and whoever is gone. What cannot carry one (a paused container, a cordon) counts as residue whoever made it.
 *
 * <table>
 * <caption>How each kind of trace carries it</caption>
 * <tr><td>iptables rule</td><td>{@code --comment} that begins with {@link #WORD}; a chain of ours begins with {@link #CHAIN}</td></tr>
 * <tr><td>queueing discipline</td><td>any but the kernel's own default counts; ours have the major number {@link #QDISC}</td></tr>
 * <tr><td>Kubernetes object</td><td>label {@link #LABEL}</td></tr>
 * <tr><td>helper container</td><td>the testbed's own label, with the role of a helper</td></tr>
 * <tr><td>process</td><td>a command line whose first word, without its folder, begins with {@link #WORD}</td></tr>
 * <tr><td>file</td><td>a name that begins with {@link #FILE}</td></tr>
 * </table>
 */
public final class Mark {
    /** In comments of rules, and at the beginning of processes' names. */
    public static final String WORD = "aeterna-chaos";

    /** What chains of ours begin with; iptables allows 28 characters in all. */
    public static final String CHAIN = "AETERNA-CHAOS";

    /** What files of ours begin with. */
    public static final String FILE = ".aeterna-chaos-";

    /** The label of Kubernetes objects that a fault makes or changes; its value names the fault. */
    public static final String LABEL = "aeterna.chaos/fault";

    /** The major number of our queueing disciplines, {@code ae7e:}. */
    public static final int QDISC = 0xae7e;

    private Mark() {}
}
