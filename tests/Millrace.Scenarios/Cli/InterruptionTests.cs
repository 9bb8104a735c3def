using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Scenarios.Cli;

/// <summary>Runs that are stopped half-way: politely, and at any moment without warning.</summary>
public sealed partial class InterruptionTests : IDisposable
{
    private const int Rows = 120_000;
    private const int SigInt = 2;

    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public InterruptionTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ctrl_c_ends_with_2_and_leaves_no_output()
    {
        string source = Path.Combine(_folder.Path, "source");
        Directory.CreateDirectory(source);
        WriteRows(Path.Combine(source, "a.csv"), 3_000_000);
        using Process process = _millrace.Start("copy", "source/a.csv", "out.csv");
        await WaitForAsync(() => Directory.GetFileSystemEntries(_folder.Path).Length > 1 || process.HasExited);
        Assert.False(process.HasExited, "The copy ended before it could be stopped.");

        Assert.Equal(0, Kill(process.Id, SigInt));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("error MR4004: ", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal([source], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_again_and_again_a_job_still_writes_every_row_once(int seed)
    {
        var random = new Random(seed);
        string inbox = Path.Combine(_folder.Path, "inbox");
        Directory.CreateDirectory(inbox);
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "job.yaml"),
            """
            name: inbox
            source: {connector: files, path: inbox/*.csv, mode: incremental}
            target: {connector: files, path: lake/, format: csv, partition: ["bucket(3, id)"], keep_partition_columns: true}
            """,
            TestContext.Current.CancellationToken);
        int kills = 0;
        for (int file = 0; file < 3; file++)
        {
            WriteRows(Path.Combine(inbox, $"{file}.csv"), Rows, file * Rows);
            for (int attempt = 0; attempt < 4; attempt++)
            {
                using Process process = _millrace.Start("run", "job.yaml");
                using var over = new CancellationTokenSource(random.Next(50, 900));
                try
                {
                    await process.WaitForExitAsync(over.Token);
                }
                catch (OperationCanceledException)
                {
                    process.Kill();
                    await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                    kills++;
                }
            }
        }

        MillraceResult last = await _millrace.RunAsync("run", "job.yaml");
        MillraceResult copy = await _millrace.RunAsync("copy", "lake/", "all.csv", "--columns", "id,name");

        Assert.Equal(0, last.ExitCode);
        Assert.Equal(0, copy.ExitCode);
        int[] ids = [.. File.ReadLines(Path.Combine(_folder.Path, "all.csv")).Skip(1).Select(l => int.Parse(l.Split(',')[0], CultureInfo.InvariantCulture)).Order()];
        Assert.True(kills > 0, "No run was killed.");
        Assert.Equal(3 * Rows, ids.Length);
        Assert.Equal(Enumerable.Range(0, 3 * Rows), ids);
    }

    private static void WriteRows(string path, int count, int first = 0)
    {
        var text = new StringBuilder("id,name\n");
        for (int i = first; i < first + count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},name {i * 7919L % 1000}\n");
        }

        File.WriteAllText(path, text.ToString());
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var patience = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (int i = 0; i < 6000 && !condition(); i++)
        {
            await patience.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
