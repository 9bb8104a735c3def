using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary>Arguments that say which letters are meant: whose, and which of them.</summary>
internal sealed class LetterArguments
{
    /// <summary>Digits of an id that lists show.</summary>
    public const int ShownId = 12;

    private const string DefaultFolder = ".millrace/dead-letters";

    private readonly Argument<string?> _job = new("job")
    {
        Description = "Job file whose letters are meant, or file of statements: totals.sql, or totals.sql#name for one of several. Without it, the letters below --folder.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _folder = new("--folder") { Description = $"Folder of dead letters, of one or of many jobs; {DefaultFolder} by default.", HelpName = "dir" };
    private readonly Option<string[]> _ids = new("--id") { Description = "Letters by id, or by the first digits of one; may be repeated.", HelpName = "id" };
    private readonly Option<string[]> _codes = new("--code") { Description = "Letters with an error code, such as MR2004; may be repeated.", HelpName = "code" };
    private readonly Option<RowStage?> _stage = new("--stage") { Description = "Letters of a part of the run: decode, convert, window or contract.", HelpName = "stage" };
    private readonly Option<DateTimeOffset?> _since = TimeOption("--since", "Letters whose last fault is not older: a time, or a duration before now such as 2d.");
    private readonly Option<DateTimeOffset?> _until = TimeOption("--until", "Letters whose last fault is older.");

    /// <summary>Adds the arguments that name a folder.</summary>
    public void AddPlace(Command command)
    {
        command.Arguments.Add(_job);
        command.Options.Add(_folder);
    }

    /// <summary>Adds the options that choose letters.</summary>
    public void AddFilter(Command command)
    {
        command.Options.Add(_ids);
        command.Options.Add(_codes);
        command.Options.Add(_stage);
        command.Options.Add(_since);
        command.Options.Add(_until);
    }

    public async Task<DeadLetterFolder> FolderAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string? job = parsed.GetValue(_job);
        string? folder = parsed.GetValue(_folder);
        if (job is not null && folder is not null)
        {
            throw UsageErrors.Usage.Error("A job file and --folder cannot both be given.");
        }

        return job is null ? DeadLetterFolder.OfPath(folder ?? DefaultFolder) : DeadLetterFolder.OfJob(await JobAsync(job, cancellation).ConfigureAwait(false));
    }

    /// <summary>The job of a job file, or of a file of statements.</summary>
    public static async Task<Pipeline> JobAsync(string path, CancellationToken cancellation)
    {
        bool isSql = SqlJobFile.IsOne(path);
        IReadOnlyList<Pipeline> jobs = isSql ? await SqlJobFile.LoadAsync(path, cancellation).ConfigureAwait(false) : await JobPipelines.OfAsync([path], cancellation).ConfigureAwait(false);
        return jobs is [var one]
            ? one
            : throw UsageErrors.Usage.Error($"'{path}' has several jobs, and the letters of one are meant.", hint: $"Name it: {string.Join(", ", jobs.Select(j => $"{path}#{(isSql ? j.Job : j.Stream)}"))}.");
    }

    /// <summary>Whether the command line chooses among the letters.</summary>
    public bool HasFilter(ParseResult parsed)
        => parsed.GetValue(_ids) is { Length: > 0 } || parsed.GetValue(_codes) is { Length: > 0 } || parsed.GetValue(_stage) is not null
            || parsed.GetValue(_since) is not null || parsed.GetValue(_until) is not null;

    public LetterFilter Filter(ParseResult parsed, DeadLetterIndex index) => new()
    {
        Ids = parsed.GetValue(_ids) is { Length: > 0 } ids ? ids.Select(i => FullId(i, index)).ToHashSet(StringComparer.Ordinal) : null,
        Codes = parsed.GetValue(_codes) ?? [],
        Stage = parsed.GetValue(_stage),
        Since = parsed.GetValue(_since),
        Until = parsed.GetValue(_until),
    };

    /// <summary>The id that begins with the digits that somebody typed.</summary>
    public static string FullId(string prefix, DeadLetterIndex index) => index.Find(prefix) switch
    {
        [var id] => id,
        [] => throw DeadLetterErrors.NotFound.Error($"No dead letter has an id that begins with '{prefix}'."),
        _ => throw DeadLetterErrors.NotFound.Error($"More than one dead letter has an id that begins with '{prefix}'.", hint: "Give more of its digits."),
    };

    private static Option<DateTimeOffset?> TimeOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result => ParseTime(name, result),
    };

    private static DateTimeOffset? ParseTime(string name, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Duration.TryParse(text, out TimeSpan ago))
        {
            return DateTimeOffset.UtcNow - ago;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time;
        }

        result.AddError($"{name} takes a time such as 2026-03-01T12:00, or a duration such as 2d, not '{text}'.");
        return null;
    }
}
