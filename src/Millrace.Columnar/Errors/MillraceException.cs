namespace Millrace;

/// <summary>
/// Ends a run or a batch with a stable code, a place and a hint. A bad row is not an exception: it travels as data
/// through <see cref="IRowErrorHandler"/> until the job's failure strategy decides.
/// </summary>
public sealed class MillraceException : Exception
{
    public MillraceException(ErrorCode code, string message, ErrorPlace? place = null, string? hint = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Place = place;
        Hint = hint ?? code.Hint;
    }

    public ErrorCode Code { get; }

    public ErrorPlace? Place { get; }

    public string Hint { get; }

    /// <summary>How long the remote asked to wait, when it did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The remote at fault, as its source or sink names it in <c>Remote</c>; null when it is not known to be one.</summary>
    public string? Remote { get; init; }

    /// <summary>The single faults, when this error sums up several.</summary>
    public IReadOnlyList<MillraceException> Related { get; init; } = [];

    /// <summary>The same error at a place that is known better further up.</summary>
    public MillraceException At(ErrorPlace place) => new(Code, Message, place, Hint, this) { RetryAfter = RetryAfter, Remote = Remote, Related = Related };

    /// <summary>The line a user sees: <c>MR2107 orders.csv:812: 14 fields, expected 12. Hint.</c></summary>
    public string Describe()
    {
        string place = Place?.ToString() ?? "";
        string head = place.Length == 0 ? $"{Code.Id} {Message}" : $"{Code.Id} {place}: {Message}";
        return Hint.Length == 0 ? head : $"{head} {Hint}";
    }
}
