namespace Millrace.Runtime;

/// <summary>Which dead letters somebody means. Every part that is given has to hold.</summary>
public sealed record LetterFilter
{
    /// <summary>Ids; null for any.</summary>
    public IReadOnlySet<string>? Ids { get; init; }

    /// <summary>Codes; none for any.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    public RowStage? Stage { get; init; }

    /// <summary>Letters whose last fault is not older.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Letters whose last fault is older.</summary>
    public DateTimeOffset? Until { get; init; }

    public bool Matches(DeadLetter letter)
        => (Ids is null || Ids.Contains(letter.Id))
            && (Codes.Count == 0 || Codes.Contains(letter.Code, StringComparer.OrdinalIgnoreCase))
            && (Stage is null || letter.Stage == Stage)
            && !(letter.Last < Since)
            && !(letter.Last >= Until);
}
