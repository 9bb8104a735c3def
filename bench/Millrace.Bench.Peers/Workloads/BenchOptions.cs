namespace Millrace.Bench.Peers;

/// <summary>What a run of a workload was asked for.</summary>
internal sealed record BenchOptions
{
    public long? Rows { get; init; }

    public int Pairs { get; init; } = 5;

    /// <summary>Thread counts to measure with, one after the other.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1, 2];

    /// <summary>The only query to measure; null for all.</summary>
    public int? Query { get; init; }

    public static BenchOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new BenchOptions();
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !long.TryParse(arguments[i + 1].Replace("_", "", StringComparison.Ordinal), out long value) || value < 1)
            {
                throw new ArgumentException($"{arguments[i]} needs a number above 0.");
            }

            options = arguments[i] switch
            {
                "--rows" => options with { Rows = value },
                "--pairs" => options with { Pairs = (int)value },
                "--threads" => options with { Threads = [(int)value] },
                "--query" => options with { Query = (int)value },
                _ => throw new ArgumentException($"There is no option {arguments[i]}; there are --rows, --pairs, --threads and --query."),
            };
        }

        return options;
    }
}
