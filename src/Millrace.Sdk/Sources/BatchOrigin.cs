namespace Millrace.Sdk;

/// <summary>Where the rows of a batch are from, for messages and dead letters. Not changed once made; any thread may ask.</summary>
public sealed class BatchOrigin
{
    private readonly RowRuns? _kept;

    /// <param name="first">File, split, and the number of the first row in it.</param>
    public BatchOrigin(ErrorPlace first) => First = first;

    private BatchOrigin(BatchOrigin of, RowRuns kept)
    {
        First = of.First;
        Places = of.Places;
        Skipped = of.Skipped;
        _kept = kept;
    }

    /// <summary>Place of the first row as it was read.</summary>
    public ErrorPlace First { get; }

    /// <summary>Where each row stands in the file; null if that is not known.</summary>
    public RowPlaces? Places { get; init; }

    /// <summary>Rows of <see cref="Places"/> before the first one.</summary>
    public int Skipped { get; init; }

    /// <summary>What is kept for it, in runs of rows.</summary>
    public int Runs => (Places?.Runs ?? 0) + (_kept?.Count ?? 0);

    /// <summary>The origin of rows that were made of these and cannot be told apart any more.</summary>
    public BatchOrigin Whole => new(First with { Row = null });

    public static implicit operator BatchOrigin(ErrorPlace first) => new(first);

    /// <summary>The place of a row as people look for it: its line where the file has lines.</summary>
    public ErrorPlace PlaceOf(int row) => Places?.Of(Skipped + NumberOf(row), RowOf(row)) ?? RowOf(row);

    /// <summary>The place of a row by its number in the split, which is the same in every run.</summary>
    public ErrorPlace RowOf(int row) => First with { Row = First.Row + NumberOf(row) };

    /// <summary>The origin of some of the rows.</summary>
    /// <param name="rows">Numbers of those that are left, in their order.</param>
    public BatchOrigin Keep(ReadOnlySpan<int> rows)
    {
        var kept = new RowRuns();
        for (int i = 0; i < rows.Length; i++)
        {
            kept.Add(i, NumberOf(rows[i]));
        }

        return new BatchOrigin(this, kept);
    }

    private int NumberOf(int row) => (int)(_kept?.Find(row) ?? row);
}
