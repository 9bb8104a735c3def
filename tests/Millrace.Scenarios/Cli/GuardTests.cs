using System.Diagnostics;

namespace Millrace.Scenarios.Cli;

public sealed class GuardTests
{
    [Fact]
    public async Task A_write_past_the_end_of_a_buffer_ends_the_process()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Millrace.Scenarios"), ["-class", typeof(Overrun).FullName!, "-explicit", "only"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["MILLRACE_GUARD_BUFFERS"] = "1" },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains("A buffer of 256 bytes was written past its end, at 259.", errors + await output, StringComparison.Ordinal);
    }
}

/// <summary>Damages memory; run by <see cref="GuardTests"/> in a process of its own.</summary>
public sealed class Overrun
{
    [Fact(Explicit = true)]
    public unsafe void Write_past_the_end()
    {
        using Columnar.NativeBuffer buffer = Columnar.BufferPool.Rent(200);
        buffer.Pointer[buffer.Capacity + 3] = 1;
    }
}
