using System.Globalization;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>
/// Whatever happens on the way, the committed output is the same: for any batching, 1 to 4 threads, full and incremental reads,
/// bad rows, types that widen half-way, faults, stops, restarts and clocks that jump. <c>MILLRACE_SEED=n</c> runs one case again,
/// <c>MILLRACE_CASES=n</c> more of them.
/// </summary>
[Trait("speed", "slow")]
public sealed class InterleavingTests
{
    private const int Blocks = 8;
    private const int CasesPerBlock = 500;

    public static TheoryData<int> BlockNumbers => [.. Enumerable.Range(0, Blocks)];

    [Theory]
    [MemberData(nameof(BlockNumbers))]
    public async Task Any_interleaving_of_faults_stops_and_restarts_gives_the_same_output(int block)
    {
        if (Number("MILLRACE_SEED") is { } seed)
        {
            await RunAsync(seed);
            return;
        }

        int cases = (Number("MILLRACE_CASES") ?? (Blocks * CasesPerBlock)) / Blocks;
        for (int i = 0; i < cases; i++)
        {
            await RunAsync((block * cases) + i);
        }
    }

    private static async Task RunAsync(int seed)
    {
        using var interleaving = new InterleavingCase(seed);
        try
        {
            await interleaving.RunAsync();
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{interleaving.Story}: {e}");
        }
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
