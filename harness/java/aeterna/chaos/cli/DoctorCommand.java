package aeterna.chaos.cli;

import aeterna.chaos.cluster.TopologyFile;
import aeterna.chaos.doctor.Diagnosis;
import aeterna.chaos.doctor.Doctor;
import aeterna.chaos.doctor.Host;
import aeterna.chaos.doctor.Pharmacy;
import aeterna.chaos.image.GoToolchain;
import aeterna.chaos.image.Recipes;
import aeterna.chaos.model.PortMapping;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what this machine lacks, and installs it where that is possible. */
@Command(
        name = "doctor",
        description =
                "Say what this machine has and lacks; on Debian, as root or with CI=true, install what is missing.")
final class DoctorCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Option(names = "--no-install", description = "Only say what is missing.")
    private boolean noInstall;

    DoctorCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() {
        var host = Host.ofProcess(wiring.programs(), wiring.environment());
        var toolchain = new GoToolchain(wiring.programs(), wiring.environment());
        var doctor = new Doctor(host, toolchain, Recipes.read(wiring.home().resolve("images")), ports());
        var pharmacy = new Pharmacy(host, toolchain, wiring.home());
        List<Diagnosis> diagnoses = doctor.examine();
        List<Diagnosis.Cure> cures = noInstall ? List.of() : pharmacy.cures(diagnoses);
        if (!cures.isEmpty()) {
            show(diagnoses, true);
            var out = wiring.console().out();
            out.println("Doing this now (--no-install: only look):");
            cures.forEach(cure -> out.println("  " + cure));
            cures.forEach(cure -> pharmacy.apply(cure, wiring.progress()));
            diagnoses = doctor.examine();
        }
        show(diagnoses, false);
        boolean lacking = diagnoses.stream().anyMatch(diagnosis -> diagnosis.state() == Diagnosis.State.MISSING);
        return lacking ? ExitCode.PROBLEM : ExitCode.OK;
    }

    private SortedSet<Integer> ports() {
        var ports = new TreeSet<Integer>();
        var topologies = new TopologyFile(wiring.home().resolve("kind-config"));
        topologies.names().stream().map(topologies::read).forEach(topology -> {
            ports.add(topology.apiPort());
            topology.ports().stream().map(PortMapping::hostPort).forEach(ports::add);
        });
        return ports;
    }

    private void show(List<Diagnosis> diagnoses, boolean curing) {
        int width = diagnoses.stream()
                .mapToInt(diagnosis -> diagnosis.subject().length())
                .max()
                .orElse(0);
        for (Diagnosis diagnosis : diagnoses) {
            boolean now = curing && diagnosis.cure().isPresent();
            String state = now ? "installing" : diagnosis.state().toString();
            String remedy = diagnosis.remedy().isEmpty() || now ? "" : ". " + diagnosis.remedy();
            wiring.console()
                    .out()
                    .println(String.format("%-" + width + "s  %-10s  %s", diagnosis.subject(), state, diagnosis.seen())
                            + remedy);
        }
    }
}
