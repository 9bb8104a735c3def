using Millrace.Connectors.Common;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>
/// A job of several epochs dies at a step of its store and is started again, until it is through. What it wrote is compared
/// with what a job without a fault writes, and after every restart the visible rows with the checkpoint.
/// </summary>
[Trait("speed", "slow")]
public sealed class CrashTests
{
    internal const int Epochs = 5;
    private const int RowsPerEpoch = 20;

    public static TheoryData<string> Jobs => ["append", "append in small files", "append to partitions", "overwrite", "file"];

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_job_that_dies_at_any_one_step_loses_and_doubles_nothing(string kind)
    {
        FaultPlan straight = FaultPlan.None();
        await RunToEndAsync(kind, _ => straight);
        Assert.True(straight.Steps.Count > 10);
        for (int step = 0; step < straight.Steps.Count; step++)
        {
            int at = step;
            await RunToEndAsync(kind, attempt => attempt == 0 ? FaultPlan.CrashAt(at) : FaultPlan.None());
        }
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_job_that_dies_again_and_again_loses_and_doubles_nothing(string kind)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            await RunToEndAsync(kind, attempt => attempt < 12 ? FaultPlan.CrashAt(random.Next(60)) : FaultPlan.None());
        }
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_job_whose_disk_fails_at_any_one_step_goes_on_when_it_is_started_again(string kind)
    {
        FaultPlan straight = FaultPlan.None();
        await RunToEndAsync(kind, _ => straight);
        for (int step = 0; step < straight.Steps.Count; step++)
        {
            int at = step;
            await RunToEndAsync(kind, attempt => attempt == 0 ? FaultPlan.FailAt(at, what => Storage.StorageErrors.DiskFull.Error(what)) : FaultPlan.None());
        }
    }

    private static async Task RunToEndAsync(string kind, Func<int, FaultPlan> planOf)
    {
        using var harness = new SinkHarness();
        bool isFile = kind == "file";
        if (kind == "overwrite")
        {
            await harness.WriteAsync("out/", harness.Request(), null, Batches.Range(-100, 30));
        }

        bool done = false;
        for (int attempt = 0; !done; attempt++)
        {
            FaultPlan plan = planOf(attempt);
            harness.Wrap = store => new FaultyStore(store, plan);
            try
            {
                await (isFile ? WriteFileAsync(harness) : WriteDatasetAsync(harness, kind));
                done = true;
            }
            catch (Exception e) when (e is CrashException or MillraceException)
            {
                harness.Wrap = store => store;
                await CheckAfterCrashAsync(harness, kind);
            }

            Assert.True(attempt < 100);
        }

        Assert.Equal(Rows(Epochs), Visible(harness, isFile));
        Assert.DoesNotContain(harness.Folder.Files(), f => f.EndsWith(".staged", StringComparison.Ordinal));
    }

    /// <summary>Writes the epochs that are missing.</summary>
    internal static async Task WriteDatasetAsync(SinkHarness harness, string kind, bool takesOver = false)
    {
        Func<FilesTargetOptions, FilesTargetOptions>? with = kind switch
        {
            "append in small files" => o => o with { MaxFileRows = 6 },
            "append to partitions" => o => o with { Partition = ["bucket(4, id)"], MaxOpenFiles = 3 },
            _ => null,
        };
        await using ISink sink = harness.Open("out/", with, takesOver: takesOver);
        Checkpoint? found = await sink.RecoverAsync(default);
        Checkpoint? since = Own(kind, found);
        long token = (found?.FencingToken ?? 0) + 1;
        WriteMode mode = kind == "overwrite" ? WriteMode.Overwrite : WriteMode.Append;
        await using ISinkWriter writer = await sink.OpenWriterAsync(harness.Request(mode, resumes: since is not null), default);
        for (long epoch = since?.Epoch ?? 0; epoch < Epochs; epoch++)
        {
            for (int half = 0; half < 2; half++)
            {
                using RecordBatch batch = Batches.Range((epoch * RowsPerEpoch) + (half * RowsPerEpoch / 2), RowsPerEpoch / 2);
                await writer.WriteAsync(batch, default);
            }

            await writer.CommitAsync(SinkHarness.Checkpoint(epoch + 1) with { CreatedAt = Stamp, FencingToken = token }, default);
        }
    }

    private static async Task WriteFileAsync(SinkHarness harness)
    {
        await using ISink sink = harness.Open("out.lines", o => o with { IfExists = IfExists.Replace });
        Assert.Null(await sink.RecoverAsync(default));
        await using ISinkWriter writer = await sink.OpenWriterAsync(harness.Request(), default);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            using RecordBatch batch = Batches.Range(epoch * RowsPerEpoch, RowsPerEpoch);
            await writer.WriteAsync(batch, default);
        }

        await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
    }

    // The rows there are after a restart are those of the epochs that the checkpoint tells.
    private static async Task CheckAfterCrashAsync(SinkHarness harness, string kind)
    {
        if (kind == "file")
        {
            IReadOnlyList<string> rows = File.Exists(harness.Folder["out.lines"]) ? Visible(harness, isFile: true) : [];
            Assert.True(rows.Count is 0 or Epochs * RowsPerEpoch);
            return;
        }

        for (int again = 0; again < 2; again++)
        {
            await using ISink sink = harness.Open("out/");
            Checkpoint? found = await sink.RecoverAsync(default);
            Checkpoint? since = Own(kind, found);
            IReadOnlyList<string> expected = since is null && kind == "overwrite" ? Rows(-100, 30) : Rows(since?.Epoch ?? 0);
            Assert.Equal(expected, Visible(harness, isFile: false));
        }
    }

    // The checkpoint of the run before the overwriting one is not its own.
    private static readonly DateTimeOffset Stamp = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Checkpoint? Own(string kind, Checkpoint? found) => kind == "overwrite" && found?.CreatedAt != Stamp ? null : found;

    internal static List<string> Visible(SinkHarness harness, bool isFile)
        => [.. (isFile ? LinesFormat.RowsOf(harness.Folder["out.lines"]) : harness.RowsOf("out")).OrderBy(IdOf)];

    internal static List<string> Rows(long epochs) => Rows(0, (int)epochs * RowsPerEpoch);

    internal static List<string> Rows(long from, int count) => [.. Enumerable.Range(0, count).Select(i => Batches.Json(from + i, $"row {from + i}")).OrderBy(IdOf)];

    private static long IdOf(string row) => long.Parse(row.AsSpan(6, row.IndexOf(',', StringComparison.Ordinal) - 6), System.Globalization.CultureInfo.InvariantCulture);
}
