package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.check.Promises;
import aeterna.chaos.fakes.FakeFault;
import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.Rig;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.workload.Connector;
import aeterna.chaos.workload.OpenLoop;
import aeterna.chaos.workload.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {
    private static final Undo THAW = new Undo.Thaw(new TreeSet<>(Set.of("node-1")));

    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void assemble() {
        rig = new Rig(folder);
    }

    private Experiment failover(int seconds) {
        rig.fault.doing(() -> rig.service.fail(Duration.ofSeconds(seconds)));
        return rig.experiment().inject(rig.fault);
    }

    private Result run(Experiment experiment) {
        var result = rig.runner().run(experiment);
        // Whatever became of it: the steps that have to run have run, the journal knows of no damage, the file has it
        // all.
        assertThat(phases(result.history())).contains(Phase.HEAL, Phase.READ_BACK, Phase.EVIDENCE, Phase.JUDGE);
        return result;
    }

    private Result runVoid(Experiment experiment) {
        var result = run(experiment);
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.VOID);
        assertThat(result.findings()).allMatch(finding -> finding.verdict() == Verdict.VOID);
        assertThat(rig.machines.all()).allMatch(Machine::whole);
        return result;
    }

    private static List<Phase> phases(History history) {
        return history.all(Entry.PhaseBegan.class).map(Entry.PhaseBegan::phase).toList();
    }

    @Nested
    class PromisesKept {
        @Test
        void aZonesOwnClientsAreInTheHistoryAndNoPromiseIsMadeToThem() {
            var inside = new Client(
                    "zone-b read", Op.Kind.READ, Op.Connection.NEW, Rig.SPACING, Duration.ofSeconds(2), 1, "zone-b");
            var dark =
                    new Op(inside.name(), inside.kind(), inside.connection(), 1, 2, 3, Op.Outcome.FAIL, "", "", "", 0);
            rig.observers.add(recorder -> {
                recorder.record(new Entry.ClientBegan(rig.time.nanos(), inside));
                recorder.record(dark);
                return () -> {};
            });

            var result = run(failover(12));

            assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.HELD);
            assertThat(result.history().clients()).contains(inside).hasSize(3);
            assertThat(result.history().users()).doesNotContain(inside).hasSize(2);
            assertThat(result.history().ops(inside)).containsExactly(dark);
        }

        @Test
        void aFailoverWithinTheLimitIsHeldAndEveryStepIsTakenInOrder() {
            var result = run(failover(12));

            assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.HELD);
            assertThat(phases(result.history())).containsExactly(Phase.values());
            assertThat(rig.progress)
                    .hasSize(12)
                    .startsWith("1 heal leftovers of earlier runs (all steps within 605 s)", "2 steady?");
            var served = result.findings().get(0);
            assertThat(served.measured().orElseThrow().minusSeconds(12).abs()).isLessThanOrEqualTo(served.error());
            assertThat(served.error()).isLessThan(Rig.SPACING.plusMillis(10));
            assertThat(served.outages()).hasSize(2);
            var computed = result.history().first(Entry.FloorComputed.class).orElseThrow();
            assertThat(computed.floor().total()).isEqualTo(Duration.ofSeconds(6));
            assertThat(result.cause()).isEmpty();
        }

        @Test
        void theHistoryOnTheDiskIsTheHistoryThatWasJudged() {
            var result = run(failover(3));
            assertThat(HistoryFile.read(folder.resolve("history.jsonl"))).containsExactly(result.history());
        }

        @Test
        void aRunCostsLittleBeyondWhatItWaitsFor() {
            run(failover(12));
            var warmUp = Rig.SPACING.multipliedBy(20);
            var settled = Duration.ofSeconds(2).multipliedBy(2); // after the recovery, and again at the end
            var linger = Duration.ofSeconds(5);
            assertThat(Duration.ofNanos(rig.time.nanos()))
                    .isLessThan(Duration.ofSeconds(12)
                            .plus(warmUp)
                            .plus(settled)
                            .plus(linger)
                            .plusSeconds(2));
        }

        @Test
        void redundancyIsWatchedFromTheActOnSoThatItsErrorIsOneSpacing() {
            rig.fault.doing(() -> {
                rig.steady = new SteadyCheck.Look(false, "2 of 3");
                rig.time.at(
                        rig.time.nanos() + Duration.ofSeconds(4).toNanos(),
                        () -> rig.steady = new SteadyCheck.Look(true, "3 of 3"));
            });
            // Served again long after the stack was whole: nobody waits for redundancy meanwhile.
            var redundant = run(failover(12)).findings().get(1);
            assertThat(redundant.verdict()).isEqualTo(Verdict.HELD);
            assertThat(redundant.measured().orElseThrow().minusSeconds(4).abs()).isLessThanOrEqualTo(redundant.error());
            assertThat(redundant.error()).isLessThan(Duration.ofMillis(150));
        }

        @Test
        void aHeldFaultStaysUntilTheClientsAreServedInSpiteOfIt() {
            rig.fault.freezing(rig.machines, "node-1").doing(() -> rig.service.fail(Duration.ofSeconds(25)));
            var result = run(rig.experiment().inject(rig.fault.untilServed()));

            assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.HELD);
            var healed = result.history().healedAt().orElseThrow();
            var act = result.history().injectedAt().orElseThrow();
            assertThat(Duration.ofNanos(healed - act)).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(28));
            assertThat(rig.machines.acts()).containsExactly("freeze [node-1]", "thaw [node-1]");
            assertThat(rig.journal.open("fake")).isEmpty();
        }

        @Test
        void aFaultNobodyFeltIsStillHeldForTheMinimum() {
            rig.fault.freezing(rig.machines, "node-1");
            var result = run(rig.experiment().inject(rig.fault.untilServed(Duration.ofSeconds(20))));

            assertThat(result.verdict()).isEqualTo(Verdict.HELD);
            assertThat(result.findings().get(0).because()).isEqualTo("no client noticed anything");
            var history = result.history();
            assertThat(history.healedAt().orElseThrow() - history.injectedAt().orElseThrow())
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(20).toNanos());
        }

        @Test
        void aFixedHoldEndsOnTimeWhoeverIsServed() {
            rig.fault.freezing(rig.machines, "node-1").doing(() -> rig.service.fail(Duration.ofSeconds(20)));
            var result = run(rig.experiment().inject(rig.fault.holdFor(Duration.ofSeconds(8))));

            var history = result.history();
            assertThat(Duration.ofNanos(history.healedAt().orElseThrow()
                            - history.injectedAt().orElseThrow()))
                    .isBetween(Duration.ofSeconds(8), Duration.ofMillis(8_500));
            assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.HELD);
        }

        @Test
        void theWayBackIsOnTheDiskBeforeTheAct() {
            rig.fault
                    .undo(THAW)
                    .doing(() -> assertThat(rig.journal.open("fake"))
                            .singleElement()
                            .satisfies(announced -> assertThat(announced.undo()).containsExactly(THAW)));
            rig.fault.seenBy(() -> new Sighting(
                    rig.fault.injected() && !rig.machines.acts().contains("thaw [node-1]") ? Seen.LANDED : Seen.NOTHING,
                    "node-1"));
            assertThat(run(rig.experiment().inject(rig.fault.untilServed())).verdict())
                    .isEqualTo(Verdict.HELD);
        }

        @Test
        void leftoversOfEarlierRunsAreHealedFirst() {
            rig.machines.freeze(List.of("node-2"));
            rig.journal.announce("fake", "an earlier fault", List.of(new Undo.Thaw(new TreeSet<>(Set.of("node-2")))));
            assertThat(run(failover(1)).verdict()).isEqualTo(Verdict.HELD);
            assertThat(rig.machines.acts()).containsExactly("freeze [node-2]", "thaw [node-2]");
        }

        @Test
        void theSameSeedMakesTheSameChoices() {
            rig.runner(7).run(failover(1));
            var first = rig.fault.chance().nextLong();
            rig = new Rig(folder.resolve("again"));
            rig.runner(7).run(failover(1));
            assertThat(rig.fault.chance().nextLong()).isEqualTo(first);
            rig = new Rig(folder.resolve("other"));
            rig.runner(8).run(failover(1));
            assertThat(rig.fault.chance().nextLong()).isNotEqualTo(first);
        }

        @Test
        void troubleWithEvidenceIsNotedAndReplacesNothing() throws Exception {
            rig.evidence.add(Evidence.named("pod logs", folder -> {
                throw new IllegalStateException("no such pod");
            }));
            rig.evidence.add(Evidence.named("events", folder -> {
                throw FakeTime.hanging();
            }));
            rig.evidence.add(
                    Evidence.named("nodes", folder -> Files.writeString(folder.resolve("nodes.txt"), "node-1")));
            rig.observers.add(recorder -> {
                throw new IllegalStateException("no watch");
            });

            var result = run(failover(2));

            assertThat(result.verdict()).isEqualTo(Verdict.HELD);
            assertThat(result.history()
                            .all(Entry.Trouble.class)
                            .map(trouble -> trouble.where() + ": " + trouble.what()))
                    .containsExactly("observer: no watch", "pod logs: no such pod", "events: no answer within 30 s");
            assertThat(folder.resolve("evidence/nodes.txt")).hasContent("node-1");
        }
    }

    @Nested
    class PromisesBroken {
        @Test
        void aMissIsMeasuredNotTimedOut() {
            var result = run(failover(47));
            assertThat(result.verdict()).isEqualTo(Verdict.BROKEN);
            assertThat(result.because())
                    .contains("served again after 47 s (±0.0")
                    .contains("promised 30 s");
        }

        @Test
        void neverServedAgainIsBrokenAndTheRunEnds() {
            rig.fault.doing(rig.service::down);
            var result = run(rig.experiment().inject(rig.fault));
            assertThat(result.verdict()).isEqualTo(Verdict.BROKEN);
            assertThat(result.because()).contains("was still not served when the clients stopped");
        }

        @Test
        void clientsThatHangForEverDoNotHangTheRun() {
            rig.service.whenDown(FakeService.Dark.HANGING);
            rig.fault.doing(rig.service::down);
            var result = run(rig.experiment().inject(rig.fault));
            assertThat(result.verdict()).isEqualTo(Verdict.BROKEN);
            assertThat(result.history().all(Op.class).map(op -> op.outcome()))
                    .contains(Op.Outcome.SHED, Op.Outcome.UNKNOWN);
        }

        @Test
        void aStackThatStaysDamagedIsNotRedundant() {
            rig.fault.doing(() -> rig.steady = new SteadyCheck.Look(false, "2 of 3"));
            var result = run(rig.experiment().inject(rig.fault));
            assertThat(result.verdict()).isEqualTo(Verdict.BROKEN);
            assertThat(result.because()).contains("everything ready: 2 of 3");
        }

        @Test
        void lostWritesAreListed() {
            rig.fault.doing(() -> rig.service.rows().keySet().removeIf(key -> key.endsWith("-5")));
            var result = run(rig.experiment().inject(rig.fault));
            assertThat(result.verdict()).isEqualTo(Verdict.BROKEN);
            assertThat(result.because()).contains("2 of ").contains("acknowledged writes are lost: write-new-");
        }
    }

    @Nested
    class NothingProven {
        @Test
        void aFaultThatDoesNothing() {
            var noOp = new FakeFault()
                    .seenBy(() -> new Sighting(
                            rig.machines.all().stream().allMatch(Machine::whole) ? Seen.NOTHING : Seen.LANDED,
                            "node-1 runs"));
            assertThat(runVoid(rig.experiment().inject(noOp)).because())
                    .isEqualTo("the fault did not land: NOTHING: node-1 runs");
        }

        @Test
        void aFaultThatLandsOnSomeOnly() {
            rig.fault.seenBy(() -> new Sighting(rig.fault.injected() ? Seen.PARTLY : Seen.NOTHING, "1 of 2 nodes"));
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because())
                    .isEqualTo("the fault did not land: PARTLY: 1 of 2 nodes");
        }

        @Test
        void aFaultThatHitsSomebodyElse() {
            rig.fault.freezing(rig.machines, "node-1");
            var frozen = rig.fault.seenBy(
                    () -> new Sighting(rig.fault.injected() ? Seen.ELSEWHERE : Seen.NOTHING, "node-2 is frozen"));
            assertThat(runVoid(rig.experiment().inject(frozen.untilServed())).because())
                    .isEqualTo("the fault hit somebody else: node-2 is frozen");
        }

        @Test
        void damageThatWasThereBefore() {
            rig.fault.seenBy(() -> new Sighting(Seen.LANDED, "frozen since yesterday"));
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because())
                    .isEqualTo("the damage was there before the fault: LANDED: frozen since yesterday");
            assertThat(rig.fault.injected()).isFalse();
        }

        @Test
        void aFaultThatEndsEarly() {
            rig.fault
                    .freezing(rig.machines, "node-1")
                    .doing(() -> rig.time.at(
                            rig.time.nanos() + Duration.ofSeconds(4).toNanos(),
                            () -> rig.machines.thaw(List.of("node-1"))));
            assertThat(runVoid(rig.experiment().inject(rig.fault.untilServed())).because())
                    .isEqualTo("the fault did not stay in place: NOTHING: node-1");
        }

        @Test
        void aWitnessThatHangsBeforeTheAct() {
            rig.fault.seenBy(() -> {
                throw FakeTime.hanging();
            });
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because()).contains("the witness saw nothing");
            assertThat(rig.fault.injected()).isFalse();
        }

        @Test
        void aWitnessThatHangsDuringTheFault() {
            rig.fault.freezing(rig.machines, "node-1");
            rig.fault.seenBy(() -> {
                if (rig.fault.injected()) {
                    throw FakeTime.hanging();
                }
                return new Sighting(Seen.NOTHING, "");
            });
            assertThat(runVoid(rig.experiment().inject(rig.fault.untilServed())).because())
                    .isEqualTo("the fault did not land: NOTHING: the witness never had an answer");
        }

        @Test
        void aWitnessThatIsGoneWhileTheFaultIsHeld() {
            rig.fault.freezing(rig.machines, "node-1");
            var looks = new int[1];
            rig.fault.seenBy(() -> {
                looks[0]++;
                return switch (looks[0]) {
                    case 1 -> new Sighting(Seen.NOTHING, "");
                    case 2 -> new Sighting(Seen.LANDED, "");
                    default -> throw FakeTime.hanging();
                };
            });
            assertThat(runVoid(rig.experiment().inject(rig.fault.untilServed())).because())
                    .isEqualTo("nobody could see whether the fault stayed in place");
        }

        @Test
        void aStackThatIsNotSteadyBefore() {
            rig.steady = new SteadyCheck.Look(false, "2 of 3 ready");
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because())
                    .isEqualTo("not steady before the fault: everything ready: 2 of 3 ready (so for 2 min)");
            assertThat(rig.fault.injected()).isFalse();
        }

        @Test
        void aSteadyCheckThatHangs() {
            var hung = new SteadyCheck() {
                @Override
                public Look look() {
                    throw FakeTime.hanging();
                }

                @Override
                public String toString() {
                    return "standbys streaming";
                }
            };
            assertThat(runVoid(rig.experiment().steadyWhen(hung).inject(rig.fault))
                            .because())
                    .contains("standbys streaming: could not be seen: no answer in time");
        }

        @Test
        void aTestbedThatCannotDoIt() {
            rig.fault.requires(Capability.MACHINE_POWER);
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because())
                    .isEqualTo("not applicable: this testbed (fake) cannot do [MACHINE_POWER]");
        }

        @Test
        void leftoversThatCannotBeHealed() {
            rig.journal.announce("fake", "an earlier fault", List.of(new Undo.Thaw(new TreeSet<>(Set.of("node-2")))));
            rig.machines.failing("thaw");
            assertThat(rig.runner().run(failover(1)).because())
                    .startsWith(
                            "could not heal leftovers of earlier runs: not everything could be undone: Thaw[nodes=[node-2]]");
            assertThat(rig.fault.injected()).isFalse();
        }

        @Test
        void clientsThatNeverRan() {
            rig.service.down();
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because())
                    .isEqualTo(
                            "the clients never ran: write new had 0 of 20 OK requests, last error: connection refused");
            assertThat(rig.fault.injected()).isFalse();
        }

        @Test
        void clientsThatCannotBeStarted() {
            var broken = rig.experiment().under((time, recorder) -> {
                throw new Problem("port 8000 is taken", "Free it.");
            });
            assertThat(runVoid(broken.inject(rig.fault)).because())
                    .isEqualTo("could not start the workloads: port 8000 is taken. Free it.");
        }

        @Test
        void aTargetThatDoesNotExist() {
            rig.fault.aiming(() -> {
                throw new Problem("there is no PostgreSQL primary now", "Look at the cluster's leases.");
            });
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because())
                    .contains("there is no PostgreSQL primary now. Look at the cluster's leases.");
        }

        @Test
        void nothingIsBrokenWhenTheWayBackCannotBeWrittenDown() {
            rig.fault.freezing(rig.machines, "node-1").aiming(() -> {
                // As a full disk does: whatever is written into the journal from now on fails.
                assertThat(folder.resolve("journal.jsonl").toFile().mkdir()).isTrue();
            });
            // Healing cannot read the journal either: that is told and replaces nothing.
            assertThat(runVoid(rig.experiment().inject(rig.fault.untilServed())).because())
                    .startsWith("could not inject: ")
                    .contains("journal.jsonl");
            assertThat(rig.fault.injected()).isFalse();
            assertThat(rig.machines.acts()).isEmpty();
        }

        @Test
        void anActThatFailsHalfWayIsUndone() {
            rig.fault.freezing(rig.machines, "node-1").doing(() -> {
                throw new IllegalStateException("node-2 is gone");
            });
            var result = runVoid(rig.experiment().inject(rig.fault.untilServed()));
            assertThat(result.because()).isEqualTo("could not inject: node-2 is gone");
            assertThat(result.cause()).get().isInstanceOf(IllegalStateException.class);
            assertThat(rig.machines.acts()).containsExactly("freeze [node-1]", "thaw [node-1]");
            assertThat(rig.journal.open("fake")).isEmpty();
        }

        @Test
        void anErrorInTheActIsUndoneToo() {
            rig.fault.freezing(rig.machines, "node-1").doing(() -> {
                throw new StackOverflowError();
            });
            assertThat(runVoid(rig.experiment().inject(rig.fault.untilServed())).because())
                    .isEqualTo("could not inject: StackOverflowError");
        }

        @Test
        void anActThatHangsIsUndoneNowAndOnceMoreByWhoeverComesNext() {
            rig.fault.freezing(rig.machines, "node-1").doing(() -> {
                throw FakeTime.hanging();
            });
            assertThat(runVoid(rig.experiment().inject(rig.fault.untilServed())).because())
                    .isEqualTo("the fault was still not injected after 2 min");
            assertThat(rig.journal.open("fake")).hasSize(1);
        }

        @Test
        void aClusterThatIsNotOursIsNotTouched() {
            rig.strange = "the API server that answers is not this testbed's";
            var result = run(rig.experiment()
                    .inject(rig.fault.freezing(rig.machines, "node-1").untilServed()));
            assertThat(result.verdict()).isEqualTo(Verdict.VOID);
            assertThat(result.because())
                    .isEqualTo(
                            "could not inject: the API server that answers is not this testbed's. Nothing was touched.");
            assertThat(rig.machines.acts()).isEmpty();
            assertThat(rig.journal.open("fake")).isEmpty();
        }

        @Test
        void damageThatCannotBeHealedStaysInTheJournal() {
            rig.fault.freezing(rig.machines, "node-1");
            rig.machines.failing("thaw");
            var result = run(rig.experiment().inject(rig.fault.untilServed()));
            assertThat(result.verdict()).isEqualTo(Verdict.VOID);
            assertThat(result.because()).startsWith("could not heal: not everything could be undone");
            assertThat(rig.journal.open("fake")).hasSize(1);
        }

        @Test
        void damageThatIsStillThereAfterHealing() {
            rig.fault.undo(THAW);
            assertThat(runVoid(rig.experiment().inject(rig.fault.untilServed())).because())
                    .isEqualTo("the damage was still there after healing");
        }

        @Test
        void troubleInHealingNeverReplacesTheCause() {
            rig.fault.freezing(rig.machines, "node-1").doing(() -> {
                throw new IllegalStateException("the cause");
            });
            rig.machines.failing("thaw");
            var result = run(rig.experiment().inject(rig.fault.untilServed()));
            assertThat(result.because()).isEqualTo("could not inject: the cause");
            assertThat(result.history().all(Entry.Voided.class).map(Entry.Voided::because))
                    .hasSize(2);
        }

        @Test
        void aHistoryThatCannotBeWritten() {
            rig.fault.doing(rig.histories::close);
            assertThat(runVoid(rig.experiment().inject(rig.fault)).because())
                    .startsWith("the history could not be written");
        }

        @Test
        void aLedgerThatCannotBeReadBack() {
            var unread = new OpenLoop(
                    FakeService.client("write new", Rig.SPACING),
                    () -> (key, deadline) ->
                            Connector.Answer.ok("postgres-1", 1).now(),
                    prefix -> {
                        throw FakeTime.hanging();
                    });
            var result = run(rig.experiment().under(unread).inject(rig.fault));
            assertThat(result.verdict()).isEqualTo(Verdict.VOID);
            assertThat(result.because())
                    .isEqualTo("no acknowledged write lost: never read back: the writes of write new");
        }

        @Test
        void aCheckerThatCrashes() {
            var crashing = new Promise() {
                @Override
                public Optional<Duration> limit() {
                    return Optional.empty();
                }

                @Override
                public Finding judge(History history) {
                    throw new IllegalStateException("division by zero");
                }

                @Override
                public String toString() {
                    return "all is well";
                }
            };
            var result = run(failover(2).promise(crashing, Promises.noAcknowledgedWriteLost()));
            assertThat(result.verdict()).isEqualTo(Verdict.VOID);
            assertThat(result.because()).isEqualTo("all is well: its checker crashed: division by zero");
            assertThat(result.findings().get(1).verdict()).isEqualTo(Verdict.HELD);
        }

        @Test
        void aProberThatStallsAcrossTheLimit() {
            rig.fault.doing(() -> {
                rig.service.fail(Duration.ofSeconds(20));
                rig.time.at(
                        rig.time.nanos() + Duration.ofSeconds(15).toNanos(),
                        () -> rig.time.stall(Duration.ofSeconds(20)));
            });
            var result = run(rig.experiment().inject(rig.fault));
            assertThat(result.verdict()).isEqualTo(Verdict.VOID);
            assertThat(result.because()).contains("the prober itself stalled, and the limit lies within the error");
        }

        @Test
        void aClientThatStopsWorking() {
            var quitting = new OpenLoop(
                    FakeService.client("quitter", Rig.SPACING),
                    () -> (key, deadline) -> CompletableFuture.completedFuture(Connector.Answer.ok()),
                    Reader.none());
            var result = run(rig.experiment()
                    .under((time, recorder) -> {
                        var running = quitting.start(time, recorder);
                        time.at(Duration.ofSeconds(2).toNanos(), running::stop);
                        return running;
                    })
                    .inject(rig.fault)
                    .linger(Duration.ofSeconds(10))
                    .patience(Duration.ofSeconds(10)));
            assertThat(result.verdict()).isEqualTo(Verdict.VOID);
            assertThat(result.because()).contains("quitter stopped working before the end");
        }
    }

    @Test
    void aProberThatStallsElsewhereIsChargedToNobody() {
        rig.fault.doing(() -> {
            rig.service.fail(Duration.ofSeconds(10));
            rig.time.at(
                    rig.time.nanos() + Duration.ofSeconds(5).toNanos(), () -> rig.time.stall(Duration.ofSeconds(8)));
        });
        var result = run(rig.experiment().inject(rig.fault));
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.HELD);
        var served = result.findings().get(0);
        assertThat(served.measured().orElseThrow().minusSeconds(10).abs()).isLessThanOrEqualTo(served.error());
    }
}
