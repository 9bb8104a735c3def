using Millrace.Runtime;
using Millrace.Sdk;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// Proves what a sink promises. A job runs through the real runner, is interrupted at a step, and is started again until it is
/// through; then the rows in the target are compared with those of the source: <see cref="DeliveryGuarantee.ExactlyOnce"/> the
/// same rows equally often, <see cref="DeliveryGuarantee.Idempotent"/> every row once, <see cref="DeliveryGuarantee.AtLeastOnce"/>
/// no row lost. After every interruption the target is looked at as well. Steps are tried in turn, then several at random.
/// </summary>
public static class GuaranteeProof
{
    private const int MaxRuns = 60;
    private const int MaxFaultyRuns = 8;

    /// <summary>Fails with the seed, the fault and the rows that are wrong.</summary>
    /// <param name="newTarget">Makes an empty target for each case.</param>
    /// <param name="options">How thorough it is.</param>
    public static async Task<ProofReport> RunAsync(Func<ProofTarget> newTarget, ProofOptions? options = null)
    {
        options ??= new ProofOptions();
        var proof = new Proof(newTarget, options);
        FaultPlan straight = FaultPlan.None();
        await proof.CaseAsync("without faults", _ => straight);
        int steps = straight.Steps.Count;
        foreach (FaultKind kind in options.Kinds)
        {
            for (int step = 0; step < steps; step += options.Stride)
            {
                int at = step;
                await proof.CaseAsync($"{kind} at step {step} '{straight.Steps[step]}'", run => run == 0 ? FaultPlan.At(at, kind) : FaultPlan.None());
            }
        }

        for (int i = 0; i < options.RandomCases; i++)
        {
            int seed = unchecked((options.Seed * 1000) + i);
            var random = new Random(seed);
            await proof.CaseAsync(
                $"random faults of seed {seed}",
                run => run < MaxFaultyRuns ? FaultPlan.At(random.Next(steps), options.Kinds[random.Next(options.Kinds.Count)]) : FaultPlan.None());
        }

        return new ProofReport(proof.Guarantee, steps, proof.Cases, proof.Faults);
    }

    private sealed class Proof(Func<ProofTarget> newTarget, ProofOptions options)
    {
        public DeliveryGuarantee Guarantee { get; private set; } = options.Guarantee ?? DeliveryGuarantee.ExactlyOnce;

        public int Cases { get; private set; }

        public int Faults { get; private set; }

        public async Task CaseAsync(string name, Func<int, FaultPlan> planOf)
        {
            Cases++;
            ProofTarget target = newTarget();
            using var folder = new TempFolder(inMemory: true);
            try
            {
                await RunToEndAsync(target, folder.Path, name, planOf);
            }
            finally
            {
                target.Release();
            }
        }

        private async Task RunToEndAsync(ProofTarget target, string folder, string name, Func<int, FaultPlan> planOf)
        {
            ReplayInput input = new ReplayInput(options.Seed) { SplitRows = 7, MaxBatchRows = 5 }.AddKey(options.Rows / 3).AddKey(options.Rows - (options.Rows / 3));
            IReadOnlyList<string> expected = target.Expected ?? input.GoodRows;
            var time = new ManualTime();
            var faults = new List<FaultPlan>();
            for (int run = 0; ; run++)
            {
                FaultPlan plan = planOf(run);
                faults.Add(plan);
                Pipeline pipeline = PipelineOf(target, input, folder, plan, time);
                RunSummary? summary = await InterruptedRun.RunAsync(pipeline, plan, time);
                Guarantee = options.Guarantee ?? summary?.Guarantee?.Level ?? Guarantee;
                if (summary is { Outcome: RunOutcome.Succeeded })
                {
                    break;
                }

                Faults++;
                Check(DeliveryOracle.FaultHalfWay(Guarantee, expected, await target.ReadBack()), name, faults);
                Assert.True(run < MaxRuns && (run < MaxFaultyRuns || summary is not { Error: { } }), $"{Describe(name, faults)}: the job does not get through: {summary?.Error?.Describe()}");
                time.Advance(TimeSpan.FromSeconds(1));
            }

            Check(DeliveryOracle.Fault(Guarantee, expected, await target.ReadBack()), name, faults);
        }

        private Pipeline PipelineOf(ProofTarget target, ReplayInput input, string folder, FaultPlan plan, ManualTime time) => options.Shape(new Pipeline
        {
            Job = "proof",
            BaseDirectory = folder,
            Source = target.Source?.Invoke(plan) ?? ReplayConnector.Endpoint(input, plan),
            Sink = new Endpoint("proven", new FaultyConnector(target.Connector(plan), plan), target.Options),
            ReadMode = options.ReadMode,
            WriteMode = options.WriteMode,
            Key = options.WriteMode is WriteMode.Merge or WriteMode.SnapshotDiff or WriteMode.Scd2 ? ["id"] : [],
            Batch = options.EpochRows is { } rows ? new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = rows } : null,
            OneEpoch = options.EpochRows is null,
            Threads = options.Threads,
            Time = time,
        });

        private void Check(string? fault, string name, List<FaultPlan> faults)
        {
            if (fault is not null)
            {
                Assert.Fail($"{Describe(name, faults)}: {Guarantee} is broken: {fault}.");
            }
        }

        private string Describe(string name, List<FaultPlan> faults)
            => $"Case {name} of seed {options.Seed}, after the runs [{string.Join("; ", faults)}]";
    }
}
