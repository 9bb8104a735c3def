using System.Diagnostics;
using Millrace.TestKit;

namespace Millrace.Scenarios.Fuzz;

/// <summary>That the fuzz harness sees a fault of each kind, and only faults.</summary>
public class FuzzHarnessTests
{
    [Theory]
    [InlineData("faulty-throws", "exception", "30s")]
    [InlineData("faulty-leaks", "leak", "30s")]
    [InlineData("faulty-overflows", "died", "30s")]
    [InlineData("faulty-hangs", "slow", "500ms")]
    [InlineData("faulty-grows", "memory", "30s")]
    public async Task A_fault_is_reported_with_the_input_that_shows_it(string target, string kind, string slow)
    {
        using var folder = new TempFolder();
        (int code, string output) = await RunAsync(target, "--duration", "2s", "--slow", slow, "--memory", "600", "--out", folder.Path);
        Assert.True(code == 1, output);
        string[] reproducers = [.. folder.Files().Where(f => f.StartsWith($"{target}-{kind}-", StringComparison.Ordinal) && !f.EndsWith(".txt", StringComparison.Ordinal))];
        Assert.True(reproducers.Length > 0, output);
        Assert.Contains((byte)0xF7, await File.ReadAllBytesAsync(folder[reproducers[0]]));
    }

    [Fact]
    public async Task An_input_that_is_called_wrong_is_no_fault()
    {
        using var folder = new TempFolder();
        (int code, string output) = await RunAsync("faulty-rejects", "--duration", "1s", "--out", folder.Path);
        Assert.True(code == 0, output);
        Assert.Contains("no crashes", output, StringComparison.Ordinal);
        Assert.Empty(folder.Files());
    }

    [Fact]
    public async Task A_reproducer_shows_its_fault_again()
    {
        using var folder = new TempFolder();
        string file = folder.Write("input", "plain");
        Assert.Equal(0, (await RunAsync("faulty-throws", "--replay", file)).Code);
        await File.WriteAllBytesAsync(file, [1, 0xF7]);
        (int code, string output) = await RunAsync("faulty-throws", "--replay", file);
        Assert.Equal(1, code);
        Assert.Contains("A fault.", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        // Beside this program: bin/CONFIGURATION/net10.0.
        string[] parts = AppContext.BaseDirectory.TrimEnd('/').Split('/');
        string program = Path.Combine(GoldenFile.Root(), "tests", "fuzz", "Millrace.Fuzz", "bin", parts[^2], parts[^1], "Millrace.Fuzz");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
