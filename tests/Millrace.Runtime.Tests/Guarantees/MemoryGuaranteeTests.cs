using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Guarantees;

/// <summary>Sinks in memory keep what they promise, and the proof notices when one does not.</summary>
[Trait("speed", "slow")]
public sealed class MemoryGuaranteeTests
{
    [Theory]
    [InlineData(DeliveryGuarantee.ExactlyOnce)]
    [InlineData(DeliveryGuarantee.Idempotent)]
    [InlineData(DeliveryGuarantee.AtLeastOnce)]
    public async Task A_sink_in_memory_keeps_its_guarantee_at_every_step(DeliveryGuarantee guarantee)
    {
        ProofReport report = await GuaranteeProof.RunAsync(() => New(guarantee));
        Assert.Equal(guarantee, report.Guarantee);
        Assert.True(report.Steps > 50, $"{report.Steps} steps");
        Assert.True(report.Faults > report.Steps * 2, $"{report.Faults} faults");
    }

    [Fact]
    public Task A_run_that_is_interrupted_anywhere_leaks_nothing()
        => LeakCheck.RunAsync(() => GuaranteeProof.RunAsync(() => New(DeliveryGuarantee.ExactlyOnce), new ProofOptions { Rows = 12, EpochRows = 5, RandomCases = 0 }));

    [Fact]
    public async Task An_overwriting_run_of_one_epoch_keeps_its_guarantee_too()
        => await GuaranteeProof.RunAsync(() => New(DeliveryGuarantee.ExactlyOnce), new ProofOptions { ReadMode = ReadMode.Full, WriteMode = WriteMode.Overwrite, EpochRows = null });

    [Theory]
    [InlineData(DeliveryGuarantee.Idempotent)]
    [InlineData(DeliveryGuarantee.ExactlyOnce)]
    public async Task A_sink_that_promises_too_much_is_found_out(DeliveryGuarantee promised)
    {
        Exception found = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(
            () => GuaranteeProof.RunAsync(() => New(DeliveryGuarantee.AtLeastOnce), new ProofOptions { Guarantee = promised, Kinds = [FaultKind.Crash] }));
        Assert.Contains("doubled", found.Message, StringComparison.Ordinal);
        Assert.Contains("seed 1", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_gives_the_same_steps_every_time()
    {
        Assert.Equal(await StepsAsync(), await StepsAsync());

        static async Task<IReadOnlyList<string>> StepsAsync()
        {
            FaultPlan? first = null;
            ProofTarget target = New(DeliveryGuarantee.ExactlyOnce);
            await GuaranteeProof.RunAsync(() => target with { Connector = plan => target.Connector(first ??= plan) }, new ProofOptions { Kinds = [], RandomCases = 0 });
            return first!.Steps;
        }
    }

    private static ProofTarget New(DeliveryGuarantee guarantee)
    {
        var target = new MemoryTarget { Guarantee = guarantee };
        return new ProofTarget
        {
            Connector = plan => new MemoryConnector(target, plan),
            Options = new NoOptions(),
            ReadBack = () => Task.FromResult(target.Rows),
        };
    }
}
