using System.Diagnostics;
using System.Globalization;
using Millrace.Connectors.Files;
using Millrace.Connectors.Tests.Files;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestPipelineStartup(typeof(ProcessCrashTests.Child))]

namespace Millrace.Connectors.Tests.Files;

/// <summary>
/// A process that writes a dataset kills itself with SIGKILL at a random operation of its store, until one gets through.
/// Unlike <see cref="CrashTests"/>, this leaves to the operating system what a dead process leaves: locks, open files.
/// </summary>
[Trait("speed", "slow")]
public sealed class ProcessCrashTests
{
    private const string ChildVariable = "MILLRACE_TEST_CRASH_CHILD";
    private const int Epochs = 6;
    private const int RowsPerEpoch = 40;

    // MILLRACE_TEST_CRASH_SEEDS asks for more than the few that every test run has time for.
    [Fact]
    public async Task A_process_that_is_killed_again_and_again_loses_and_doubles_nothing()
    {
        int seeds = int.Parse(Environment.GetEnvironmentVariable("MILLRACE_TEST_CRASH_SEEDS") ?? "2", CultureInfo.InvariantCulture);
        for (int seed = 0; seed < seeds; seed++)
        {
            await RunToEndAsync(new Random(seed));
        }
    }

    private static async Task RunToEndAsync(Random random)
    {
        using var harness = new SinkHarness();
        int kills = 0;
        bool done = false;
        while (!done)
        {
            // The last attempts are let through.
            int step = kills < 10 ? random.Next(70) : -1;
            done = await StartAsync(harness.Folder.Path, step) == 0;
            kills += done ? 0 : 1;
            Assert.True(kills <= 10);

            await using ISink sink = harness.Open("out/");
            long epochs = (await sink.RecoverAsync(default))?.Epoch ?? 0;
            Assert.Equal(Enumerable.Range(0, (int)epochs * RowsPerEpoch).Select(i => Batches.Json(i, $"row {i}")).Order(StringComparer.Ordinal), harness.RowsOf("out").Order(StringComparer.Ordinal));
            Assert.DoesNotContain(harness.Folder.Files(), f => f.EndsWith(".staged", StringComparison.Ordinal) || f.EndsWith(".mrtmp", StringComparison.Ordinal));
            Assert.Equal(done, epochs == Epochs);
        }
    }

    private static async Task<int> StartAsync(string folder, int step)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        start.Environment[ChildVariable] = string.Create(CultureInfo.InvariantCulture, $"{folder}|{step}");
        using Process child = Process.Start(start)!;
        await child.WaitForExitAsync();
        return child.ExitCode;
    }

    private static async Task WriteAsync(string folder, int step)
    {
        FaultPlan plan = FaultPlan.FailAt(step, _ =>
        {
            Process.GetCurrentProcess().Kill();
            return new UnreachableException();
        });
        var options = new FilesTargetOptions { Path = Path.Combine(folder, "out/"), Format = SinkHarness.Lines, Partition = ["bucket(3, id)"], KeepPartitionColumns = true, MaxFileRows = 9 };
        await using ISink sink = new FilesConnector(LinesFormat.Registry, store => new FaultyStore(store, plan)).OpenSink(options, new ConnectorContext { Job = "orders" });
        Checkpoint? since = await sink.RecoverAsync(default);
        var request = new SinkRequest { Schema = Batches.Schema, RunId = Guid.NewGuid().ToString("N"), Resumes = since is not null };
        await using ISinkWriter writer = await sink.OpenWriterAsync(request, default);
        for (long epoch = since?.Epoch ?? 0; epoch < Epochs; epoch++)
        {
            using RecordBatch batch = Batches.Range(epoch * RowsPerEpoch, RowsPerEpoch);
            await writer.WriteAsync(batch, default);
            await writer.CommitAsync(SinkHarness.Checkpoint(epoch + 1), default);
        }
    }
    /// <summary>Ends a process that was started as a child before it looks for tests.</summary>
    public sealed class Child : ITestPipelineStartup
    {
        public async ValueTask StartAsync(IMessageSink diagnosticMessageSink)
        {
            if (Environment.GetEnvironmentVariable(ChildVariable) is { } job)
            {
                string[] parts = job.Split('|');
                await ProcessCrashTests.WriteAsync(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
                Environment.Exit(0);
            }
        }

        public ValueTask StopAsync() => ValueTask.CompletedTask;
    }
}
