package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.Stack;

/** What a command starts itself: removed again when the command fails, unless it shall be kept for a look. What was there before is never removed. */
public final class Started {
    private final Provider provider;
    private final String name;
    private final boolean keep;
    private final boolean testbedIsOurs;
    private boolean stackIsOurs;

    private Started(Provider provider, String name, boolean keep, boolean testbedIsOurs) {
        this.provider = provider;
        this.name = name;
        this.keep = keep;
        this.testbedIsOurs = testbedIsOurs;
    }

    /**
     * Looks at what is there, before anything is started.
     *
     * @param name the testbed's
     * @param keep leaves everything as it is when the command fails
     */
    public static Started look(Provider provider, String name, boolean keep) {
        var there = provider.find(name);
        there.ifPresent(Testbed::close);
        return new Started(provider, name, keep, there.isEmpty());
    }

    /** True when there was no testbed. */
    public boolean testbedIsOurs() {
        return testbedIsOurs;
    }

    /** Looks at what is deployed, before the stack is. */
    public void beforeTheStack(Testbed testbed) {
        stackIsOurs = testbed.cluster().namespaceAnnotations(Stack.NAMESPACE).isEmpty();
    }

    /**
     * Removes what was started, or leaves it, and says which.
     *
     * @param failed why the command fails
     * @return what to throw instead
     */
    public RuntimeException undone(Testbed testbed, RuntimeException failed) {
        if (!(failed instanceof Problem problem)) {
            return failed;
        }
        try {
            return new Problem(problem.getMessage(), problem.remedy() + " " + undo(testbed), problem);
        } catch (RuntimeException stuck) {
            problem.addSuppressed(stuck);
            return new Problem(
                    problem.getMessage(),
                    problem.remedy() + " What was started could not be removed (" + stuck.getMessage()
                            + "): ./chaos down.",
                    problem);
        }
    }

    private String undo(Testbed testbed) {
        if (keep) {
            return "It was kept for a look: ./chaos status, ./chaos kubectl; ./chaos down removes it.";
        }
        if (testbedIsOurs) {
            provider.down(name);
            return "The testbed, which was started for this, was removed; --keep keeps it for a look.";
        }
        if (stackIsOurs) {
            testbed.cluster().deleteNamespace(Stack.NAMESPACE);
            return "The stack, which was started for this, was removed, and the testbed kept as it was before;"
                    + " --keep keeps both for a look.";
        }
        return "The testbed and the stack were there before and were kept.";
    }
}
