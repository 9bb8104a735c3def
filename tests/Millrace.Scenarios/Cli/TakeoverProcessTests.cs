using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Millrace.Scenarios.Cli;

/// <summary>Real processes: one is stopped at any moment, another takes its target over, and the first goes on.</summary>
public sealed class TakeoverProcessTests : IDisposable
{
    private const int Files = 4;
    private const int RowsPerFile = 40_000;

    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public TakeoverProcessTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    // MILLRACE_TEST_TAKEOVER_SEEDS asks for more than the few that every test run has time for.
    public static int Seeds => int.Parse(Environment.GetEnvironmentVariable("MILLRACE_TEST_TAKEOVER_SEEDS") ?? "4", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_dataset_that_was_taken_over_from_a_stopped_run_has_every_row_once()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "job.yaml"),
            """
            name: inbox
            source: {connector: files, path: inbox/*.csv, mode: incremental}
            target: {connector: files, path: lake/, format: csv, partition: ["bucket(2, id)"], keep_partition_columns: true}
            batch: {strategy: fixed_size, size: 5000}
            """,
            TestContext.Current.CancellationToken);
        int overtaken = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            Reset("inbox", "lake");
            for (int file = 0; file < Files; file++)
            {
                WriteRows(Path.Combine(_folder.Path, "inbox", $"{file}.csv"), RowsPerFile, file * RowsPerFile);
            }

            using Process old = _millrace.Start("run", "job.yaml");
            await StopAsync(old, Path.Combine(_folder.Path, "lake", "_millrace"), random.Next(0, 900));
            using Process taker = _millrace.Start("run", "job.yaml", "--take-over");
            if (random.Next(2) == 0)
            {
                // The first goes on in the middle of the second.
                await Task.WhenAny(taker.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(random.Next(100, 900), TestContext.Current.CancellationToken));
            }
            else
            {
                await taker.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            Continue(old);
            string errors = await EndAsync(old);
            string takerErrors = await EndAsync(taker);
            Assert.True(taker.ExitCode == 0, takerErrors);
            overtaken += old.ExitCode == 0 ? 0 : 1;
            Assert.True(old.ExitCode == 0 || IsOvertaken(errors), errors);

            // Whatever happened before, one more run finds nothing left to do and nothing to mend.
            MillraceResult last = await _millrace.RunAsync("run", "job.yaml");
            Assert.True(last.ExitCode == 0, last.Errors);
            int[] ids = [.. Directory.EnumerateFiles(Path.Combine(_folder.Path, "lake"), "*.csv", SearchOption.AllDirectories)
                .Where(f => !f.Contains("_millrace", StringComparison.Ordinal)).SelectMany(ReadIds).Order()];
            Assert.True(ids.SequenceEqual(Enumerable.Range(0, Files * RowsPerFile)), $"seed {seed}: {ids.Length} rows, {ids.Distinct().Count()} of them different; {errors}");
        }

        Assert.True(overtaken > 0, "No run was overtaken.");
    }

    [Fact]
    public async Task A_file_that_was_taken_over_from_a_stopped_copy_has_the_rows_of_the_second()
    {
        WriteRows(Path.Combine(_folder.Path, "old.csv"), 400_000);
        WriteRows(Path.Combine(_folder.Path, "new.csv"), 50_000, 1_000_000);
        int overtaken = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            Reset("out");
            string lockFile = Path.Combine(_folder.Path, "out", ".rows.csv.lock");
            using Process old = _millrace.Start("copy", "old.csv", "out/rows.csv", "--overwrite");
            await StopAsync(old, lockFile, random.Next(0, 300));
            MillraceResult taker = await _millrace.RunAsync("copy", "new.csv", "out/rows.csv", "--overwrite", "--take-over");
            Assert.True(taker.ExitCode == 0, taker.Errors);
            Continue(old);
            string errors = await EndAsync(old);

            // One that was stopped behind its commit ends well, and the rows are the taker's all the same.
            Assert.True(old.ExitCode == 0 || IsOvertaken(errors), errors);
            overtaken += old.ExitCode == 0 ? 0 : 1;
            Assert.Equal(Enumerable.Range(1_000_000, 50_000), ReadIds(Path.Combine(_folder.Path, "out", "rows.csv")));
            Assert.Equal(["rows.csv"], Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "out")).Select(Path.GetFileName));
        }

        Assert.True(overtaken > 0, "No copy was overtaken.");
    }

    // One who had not yet begun when it was stopped finds the output held.
    private static bool IsOvertaken(string errors) => errors.Contains("MR1103", StringComparison.Ordinal) || errors.Contains("MR3044", StringComparison.Ordinal);

    private void Reset(params string[] folders)
    {
        foreach (string folder in folders.Select(f => Path.Combine(_folder.Path, f)))
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.CreateDirectory(folder);
        }
    }

    // Waits until the process is at work, and then for a random time.
    private static async Task StopAsync(Process process, string sign, int milliseconds)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (int i = 0; i < 5000 && !Path.Exists(sign) && !process.HasExited; i++)
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(milliseconds, TestContext.Current.CancellationToken));
        if (!process.HasExited)
        {
            MillraceProcess.Signal(process, MillraceProcess.SigStop);
        }
    }

    private static void Continue(Process process)
    {
        if (!process.HasExited)
        {
            MillraceProcess.Signal(process, MillraceProcess.SigContinue);
        }
    }

    private static async Task<string> EndAsync(Process process)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await output;
            return await errors;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("A process did not end.");
        }
    }

    private static int[] ReadIds(string path) => [.. File.ReadLines(path).Skip(1).Select(l => int.Parse(l.AsSpan(0, l.IndexOf(',', StringComparison.Ordinal)), CultureInfo.InvariantCulture))];

    private static void WriteRows(string path, int count, int first = 0)
    {
        var text = new StringBuilder("id,name\n");
        for (int i = first; i < first + count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},name {i * 7919L % 1000}\n");
        }

        File.WriteAllText(path, text.ToString());
    }
}
