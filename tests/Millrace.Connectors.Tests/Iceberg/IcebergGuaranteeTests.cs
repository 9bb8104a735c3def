using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A table is written exactly once, wherever the run and its store fail.</summary>
[Trait("speed", "slow")]
public sealed class IcebergGuaranteeTests
{
    public static TheoryData<string> Targets => ["plain", "partitions", "expiring"];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task A_job_that_dies_or_fails_at_any_step_writes_every_row_once(string kind)
    {
        ProofReport report = await GuaranteeProof.RunAsync(() => New(kind), new ProofOptions { Rows = 20, Stride = 2, RandomCases = 10, Kinds = [FaultKind.Crash, FaultKind.Error] });
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 40, report.ToString());
    }

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead, 2)]
    [InlineData(IcebergRowChanges.CopyOnWrite, 2)]
    [InlineData(IcebergRowChanges.EqualityDeletes, 2)]
    [InlineData(IcebergRowChanges.MergeOnRead, 3)]
    public async Task A_merge_that_dies_or_fails_at_any_step_writes_every_row_once(IcebergRowChanges way, int version)
    {
        var options = new ProofOptions { Rows = 20, EpochRows = 6, Stride = 4, RandomCases = 4, Kinds = [FaultKind.Crash, FaultKind.Error], WriteMode = WriteMode.Merge, ReadMode = ReadMode.Incremental };
        ProofReport report = await GuaranteeProof.RunAsync(() => New("plain", way, version), options);
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 40, report.ToString());
    }

    [Theory]
    [InlineData(WriteMode.Append)]
    [InlineData(WriteMode.Merge)]
    public Task Nothing_leaks_from_a_run_that_is_interrupted(WriteMode mode) => LeakCheck.RunAsync(()
        => GuaranteeProof.RunAsync(() => New("partitions"), new ProofOptions { Rows = 8, EpochRows = 4, Stride = 5, RandomCases = 0, WriteMode = mode }));

    private static ProofTarget New(string kind, IcebergRowChanges? way = null, int version = 2)
    {
        var lake = new LakeFolder();
        return new ProofTarget
        {
            Connector = plan => new IcebergConnector(store => new FaultyStore(store, plan)),
            Options = new IcebergTargetOptions { Path = lake.Path, Partition = kind == "partitions" ? ["bucket(3, id)"] : [], MaxOpenFiles = 2, RowChanges = way, FormatVersion = version, ExpireSnapshots = kind == "expiring" ? TimeSpan.Zero : null },
            ReadBack = async () => Directory.Exists(lake.Path + "/metadata") && Directory.GetFiles(lake.Path + "/metadata", "v*.json").Length > 0 ? await lake.ReadAsync() : [],
            Release = lake.Dispose,
        };
    }
}
