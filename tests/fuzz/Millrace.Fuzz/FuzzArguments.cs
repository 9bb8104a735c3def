using System.Globalization;

namespace Millrace.Fuzz;

/// <summary>What to fuzz, how long and with what limits.</summary>
internal sealed record FuzzArguments
{
    /// <summary>The longest that one input may take.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(10);

    public IReadOnlyList<IFuzzTarget> Targets { get; init; } = [];

    /// <summary>For each target.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public int Seed { get; init; } = 1;

    /// <summary>Resident memory of a worker.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    public string CorpusFolder { get; init; } = Corpus.DefaultFolder();

    public string OutputFolder { get; init; } = Path.Combine("out", "fuzz");

    /// <summary>An input to run once instead.</summary>
    public string? Replay { get; init; }

    /// <summary>Where a worker reports; set in the worker's own process.</summary>
    public string? StatePath { get; init; }

    public static FuzzArguments Parse(string[] words)
    {
        var arguments = new FuzzArguments();
        bool isTotal = false;
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            string Value() => ++i < words.Length ? words[i] : throw new FormatException($"{word} needs a value.");
            arguments = word switch
            {
                "--duration" => arguments with { Duration = ParseDuration(Value()) },
                "--seed" => arguments with { Seed = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--slow" => arguments with { MaxTime = ParseDuration(Value()) },
                "--memory" => arguments with { MemoryBytes = long.Parse(Value(), CultureInfo.InvariantCulture) << 20 },
                "--corpus" => arguments with { CorpusFolder = Value() },
                "--out" => arguments with { OutputFolder = Value() },
                "--replay" => arguments with { Replay = Value() },
                "--state" => arguments with { StatePath = Value() },
                "--total" => arguments,
                "all" => arguments with { Targets = FuzzTargets.All },
                _ => arguments with { Targets = [.. arguments.Targets, Find(word)] },
            };
            isTotal |= word == "--total";
        }

        if (arguments.Targets.Count == 0)
        {
            throw new FormatException("Name a target, or all.");
        }

        return isTotal ? arguments with { Duration = arguments.Duration / arguments.Targets.Count } : arguments;
    }

    /// <summary>The words that start a worker.</summary>
    public IEnumerable<string> ToWorker(string target, string statePath) =>
    [
        target, "--state", statePath,
        "--duration", Duration.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture) + "ms",
        "--seed", Seed.ToString(CultureInfo.InvariantCulture),
        "--corpus", CorpusFolder,
        "--out", OutputFolder,
    ];

    private static IFuzzTarget Find(string name)
        => FuzzTargets.All.Concat(FaultyTarget.All).FirstOrDefault(t => t.Name == name) ?? throw new FormatException($"There is no target '{name}'.");

    // 90, 90s, 1500ms, 5m, 8h.
    private static TimeSpan ParseDuration(string text)
    {
        string number = text.TrimEnd('s', 'm', 'h');
        double value = double.Parse(number, CultureInfo.InvariantCulture);
        return text[number.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(value),
            "" or "s" => TimeSpan.FromSeconds(value),
            "m" => TimeSpan.FromMinutes(value),
            "h" => TimeSpan.FromHours(value),
            _ => throw new FormatException($"'{text}' is not a duration such as 30s, 5m or 8h."),
        };
    }
}
