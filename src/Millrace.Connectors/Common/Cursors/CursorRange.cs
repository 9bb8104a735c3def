using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>What an incremental read reads: from the marks of the last one up to a bound that is fixed when it is planned.</summary>
internal sealed record CursorRange
{
    /// <summary>Where to begin; none for the first read.</summary>
    public required IReadOnlyList<ReadMark> Start { get; init; }

    /// <summary>In place of a mark: the condition of a read that goes back behind the last one's end.</summary>
    public string? Floor { get; init; }

    /// <summary>The condition of the upper bound.</summary>
    public required string Upper { get; init; }

    /// <summary>Where the read stands when it has ended.</summary>
    public required ReadMark End { get; init; }

    /// <summary>The transactions that it sees; null where the server cannot say.</summary>
    public string? Seen { get; init; }

    /// <summary>The marks to begin at: those of a position, or those of the range.</summary>
    public IReadOnlyList<ReadMark> From(Position? from, ICursorOrder order, ErrorCode misfit, ErrorPlace place)
        => from is null ? Start : CursorPosition.Marks(from, order.CursorName, misfit, place);

    /// <summary>What all rows fulfil that are read from some marks on.</summary>
    public IEnumerable<string> Conditions(bool isBeginning, IReadOnlyList<ReadMark> marks, ICursorOrder order)
    {
        if (isBeginning && Floor is not null)
        {
            yield return Floor;
        }

        foreach (ReadMark mark in marks)
        {
            yield return mark.Unread(order);
        }

        yield return Upper;
    }
}
