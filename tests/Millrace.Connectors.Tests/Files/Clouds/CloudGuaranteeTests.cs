using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Runtime;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files in a store without locks are written exactly once, wherever the run, its network or the store fail.</summary>
[Trait("speed", "slow")]
public sealed class CloudGuaranteeTests
{
    // More by hand: MILLRACE_CLOUD_FAULTS=1 takes every step.
    private static readonly int Stride = Environment.GetEnvironmentVariable("MILLRACE_CLOUD_FAULTS") == "1" ? 1 : 3;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string cloud in CloudPlace.Clouds)
            {
                cases.Add(cloud, "dataset");
                cases.Add(cloud, "one file");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_job_that_dies_or_fails_at_any_step_writes_every_row_once(string cloud, string kind)
    {
        ProofOptions options = kind == "one file"
            ? new ProofOptions { EpochRows = null, WriteMode = WriteMode.Overwrite, ReadMode = ReadMode.Full }
            : new ProofOptions { Rows = 20 };
        ProofReport report = await GuaranteeProof.RunAsync(() => New(cloud, kind), options with { Kinds = [FaultKind.Crash, FaultKind.Error], Stride = Stride, RandomCases = 10 });
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 10 && report.Faults > report.Steps / 2, report.ToString());
    }

    private static ProofTarget New(string cloud, string kind)
    {
        CloudPlace place = CloudPlace.NewAsync(cloud).GetAwaiter().GetResult();
        string path = place.Folder + (kind == "one file" ? "out.csv" : "ds/");
        return new ProofTarget
        {
            Connector = plan => new FilesConnector(FormatRegistry.BuiltIn, store => new UnlockedStore(new FaultyStore(store, plan))),
            Options = new FilesTargetOptions { Path = path, S3 = place.Options.S3, Azure = place.Options.Azure, Gcs = place.Options.Gcs },
            ReadBack = async () => await IsThereAsync(place) ? await ReadAsync(path, place.Options) : [],
        };
    }

    private static async Task<bool> IsThereAsync(CloudPlace place)
    {
        await using IObjectStore store = ObjectStores.Open(place.Folder, place.Options).Store;
        return await store.ListAsync("", null, default).AnyAsync(o => !o.Name.Contains("_millrace", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(string path, StoreOptions options)
    {
        await using ISource source = new FilesConnector().OpenSource(
            new FilesSourceOptions { Path = [path], S3 = options.S3, Azure = options.Azure, Gcs = options.Gcs }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        return await PlanReading.ReadAllAsync(plan);
    }
}
