using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Millrace.Scenarios.Cli;

/// <summary>Sources that another process fills while they are read.</summary>
public sealed partial class PipeTests : IDisposable
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public PipeTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        Assert.Equal(0, MakePipe(_folder["rows.csv"], Convert.ToUInt32("600", 8)));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public async Task A_wait_for_a_writer_can_be_stopped(int signal)
    {
        using Process process = _millrace.Start("copy", "rows.csv", "out.csv");

        await WaitForAsync(() => process.HasExited || OpenFiles(process.Id).Contains(_folder["rows.csv"]));
        Assert.False(process.HasExited, "The copy ended before it could be stopped.");
        Assert.Equal(0, Kill(process.Id, signal));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync(limit.Token);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("error MR4004: ", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal([_folder["rows.csv"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_pipe_is_read_as_a_file_is()
    {
        Task<MillraceResult> run = _millrace.RunAsync("copy", "rows.csv", "out.csv");
        await Task.Run(() => File.WriteAllText(_folder["rows.csv"], "id;name\n1;a\n"), TestContext.Current.CancellationToken);

        Assert.Equal(0, (await run).ExitCode);
        Assert.Equal("id,name\n1,a\n", await File.ReadAllTextAsync(_folder["out.csv"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_pipe_in_a_folder_of_files_is_passed_over()
    {
        _folder.Write("a.csv", "id\n1\n");

        Assert.Equal(0, (await _millrace.RunAsync("copy", "*.csv", "out/", "--format", "csv")).ExitCode);
    }

    [Fact]
    public async Task A_pipe_is_not_replaced_by_a_file()
    {
        _folder.Write("a.csv", "id\n1\n");

        MillraceResult result = await _millrace.RunAsync("copy", "a.csv", "rows.csv", "--overwrite");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error MR3043: rows.csv: 'rows.csv' is a pipe.", result.Errors, StringComparison.Ordinal);
    }

    private static List<string?> OpenFiles(int process)
    {
        try
        {
            return [.. Directory.EnumerateFiles($"/proc/{process}/fd").Select(f => new FileInfo(f).LinkTarget)];
        }
        catch (IOException)
        {
            return [];
        }
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

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
