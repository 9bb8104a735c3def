using System.Diagnostics;

namespace Millrace.Scenarios.Cli;

/// <summary>Runs that wait for more.</summary>
public sealed class FollowTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public FollowTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_inbox_may_be_empty_at_first_and_be_emptied_later()
    {
        string inbox = Directory.CreateDirectory(Path.Combine(_folder.Path, "in")).FullName;
        string lake = Path.Combine(_folder.Path, "lake");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "job.yaml"), """
            name: inbox
            source: {location: in/*.csv, mode: incremental, follow: true, poll: 20ms}
            columns: [id]
            batch: low_latency
            target: {location: lake/, format: csv}
            """, TestContext.Current.CancellationToken);
        using Process run = _millrace.Start("run", "job.yaml");
        Task<string> errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);

        File.WriteAllText(Path.Combine(inbox, "empty.csv"), "");
        Deliver(inbox, "a.csv", "id,name\n1,a\n2,b\n");
        await WaitForAsync(run, () => Rows(lake).Length == 2);
        foreach (string file in Directory.GetFiles(inbox))
        {
            File.Delete(file);
        }

        await Task.Delay(200, TestContext.Current.CancellationToken);
        Deliver(inbox, "b.csv", "id,name\n3,c\n");
        await WaitForAsync(run, () => Rows(lake).Length == 3);
        MillraceProcess.Interrupt(run);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, await errors);
        Assert.Equal(["1", "2", "3"], Rows(lake));
        Assert.Contains("nothing to read yet", await errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_file_that_is_copied_slowly_does_not_end_the_run()
    {
        string inbox = Directory.CreateDirectory(Path.Combine(_folder.Path, "in")).FullName;
        string lake = Path.Combine(_folder.Path, "lake");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "job.yaml"), """
            name: inbox
            source: {location: "in/*", mode: incremental, follow: true, poll: 20ms}
            batch: {strategy: time_window, window: 100ms}
            target: {location: lake/, format: csv}
            """, TestContext.Current.CancellationToken);
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write("id\n"u8);
            for (int id = 1; id <= 5000; id++)
            {
                gzip.Write(System.Text.Encoding.ASCII.GetBytes($"{id}\n"));
            }
        }

        byte[] whole = packed.ToArray();
        using Process run = _millrace.Start("run", "job.yaml");
        Task<string> errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using (FileStream copy = File.Create(Path.Combine(inbox, "a.csv.gz")))
        {
            foreach (byte[] part in whole.Chunk((whole.Length / 4) + 1))
            {
                copy.Write(part);
                copy.Flush();
                await Task.Delay(200, TestContext.Current.CancellationToken);
                Assert.False(run.HasExited);
            }
        }

        await WaitForAsync(run, () => Rows(lake).Length == 5000);
        MillraceProcess.Interrupt(run);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, await errors);
        Assert.Equal(5000, Rows(lake).Distinct().Count());
    }

    // Under its name when it is whole, as the guide says.
    private static void Deliver(string inbox, string name, string text)
    {
        string part = Path.Combine(inbox, name + ".part");
        File.WriteAllText(part, text);
        File.Move(part, Path.Combine(inbox, name));
    }

    private static string[] Rows(string lake) => !Directory.Exists(lake) ? [] : [.. Directory.GetFiles(lake, "*.csv").SelectMany(f => File.ReadAllLines(f).Skip(1)).Order(StringComparer.Ordinal)];

    private static async Task WaitForAsync(Process run, Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 1500 && !condition() && !run.HasExited; i++)
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
