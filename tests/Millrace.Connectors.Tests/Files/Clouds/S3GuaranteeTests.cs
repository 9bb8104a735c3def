using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files in a store without locks are written exactly once, wherever the run, its network or the store fail.</summary>
[Trait("speed", "slow")]
public sealed class S3GuaranteeTests
{
    [Theory]
    [InlineData("dataset")]
    [InlineData("one file")]
    public async Task A_job_that_dies_or_fails_at_any_step_writes_every_row_once(string kind)
    {
        ProofOptions options = kind == "one file"
            ? new ProofOptions { EpochRows = null, WriteMode = WriteMode.Overwrite, ReadMode = ReadMode.Full }
            : new ProofOptions { Rows = 20 };
        ProofReport report = await GuaranteeProof.RunAsync(() => New(kind), options with { Kinds = [FaultKind.Crash, FaultKind.Error], Stride = 2, RandomCases = 10 });
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 10 && report.Faults > report.Steps / 2, report.ToString());
    }

    private static ProofTarget New(string kind)
    {
        S3Harness s3 = S3Harness.CreateAsync().GetAwaiter().GetResult();
        string path = kind == "one file" ? "out.csv" : "ds/";
        return new ProofTarget
        {
            Connector = plan => new FilesConnector(FormatRegistry.BuiltIn, store => new UnlockedStore(new FaultyStore(store, plan))),
            Options = new FilesTargetOptions { Path = s3.Url(path), S3 = s3.Options },
            ReadBack = async () => (await s3.NamesAsync()).Any(n => !n.Contains("_millrace", StringComparison.Ordinal)) ? await s3.RowsAsync(path) : [],
            Release = () => s3.DisposeAsync().AsTask().GetAwaiter().GetResult(),
        };
    }
}
