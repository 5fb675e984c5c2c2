package aeterna.chaos.cli;

import aeterna.chaos.model.Problem;
import picocli.CommandLine.Command;

/** Only for the help: the launcher hands kubectl's words over before anything else can read them. */
@Command(
        name = "kubectl",
        description = "Run kubectl on the testbed: ./chaos kubectl get pods -A. CHAOS_TESTBED names another testbed.")
final class KubectlCommand implements Runnable {
    @Override
    public void run() {
        throw new Problem("kubectl is started by the launcher", "Run ./chaos kubectl from the project's folder.");
    }
}
