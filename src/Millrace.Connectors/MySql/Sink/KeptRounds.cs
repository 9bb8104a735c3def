using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Rows of a batch that can be brought in together: those that are whole, and behind them, set by set of columns that were left
/// out, the others. No two rows of different sets have one key.
/// </summary>
internal sealed class KeptRound
{
    /// <summary>Rows that have all their values.</summary>
    public List<int> Whole { get; } = [];

    /// <summary>Rows by what they leave out.</summary>
    public List<(IReadOnlyList<string> Names, List<int> Rows)> Sets { get; } = [];

    /// <summary>A row that goes to another key, with what it leaves out; it comes behind all others.</summary>
    public (int Row, IReadOnlyList<string> Names)? Moved { get; set; }

    /// <summary>Whether nothing was left out.</summary>
    public bool IsPlain => Sets.Count == 0 && Moved is null;

    public List<int> Of(IReadOnlyList<string>? names)
    {
        if (names is null)
        {
            return Whole;
        }

        foreach ((IReadOnlyList<string> known, List<int> rows) in Sets)
        {
            if (known.SequenceEqual(names, StringComparer.Ordinal))
            {
                return rows;
            }
        }

        Sets.Add((names, []));
        return Sets[^1].Rows;
    }
}

/// <summary>Cuts batches into rounds.</summary>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
internal sealed class KeptRounds(TargetColumns columns, IReadOnlyList<string> key)
{
    private readonly int[] _keys = [.. key.Select(k => columns.Stored.ToList().FindIndex(c => c.Info.Name.Equals(k, StringComparison.OrdinalIgnoreCase)))];

    // Where the server may take different values for one, every change of set begins a round.
    private readonly bool _tellsKeysApart = key.All(k => columns.Stored.Any(c => c.Info.Name.Equals(k, StringComparison.OrdinalIgnoreCase) && IsExact(c.Info)));

    /// <param name="rows">As they are sent.</param>
    /// <param name="first">First row.</param>
    /// <param name="leftOut">What a row leaves out; null for one that is whole.</param>
    public IEnumerable<KeptRound> Of(RecordBatch rows, int first, Func<int, IReadOnlyList<string>?> leftOut)
    {
        var op = (BinaryColumn)rows[columns.Stored.Count];
        ulong[] hashes = Hashes(rows);
        var sets = new Dictionary<ulong, List<int>>();
        var round = new KeptRound();
        for (int row = first; row < rows.Length; row++)
        {
            IReadOnlyList<string>? names = leftOut(row);
            if (names is not null && Changes.Is(op, row, ChangeColumns.Deleted))
            {
                round.Moved = (row, names);
                yield return round;
                round = new KeptRound();
                sets.Clear();
                row++;
                continue;
            }

            // Two keys of one hash only cost a round.
            List<int> set = round.Of(names);
            if (sets.TryGetValue(hashes[row], out List<int>? other) && !ReferenceEquals(other, set))
            {
                Drop(round, set);
                yield return round;
                round = new KeptRound();
                sets.Clear();
                set = round.Of(names);
            }

            set.Add(row);
            sets[hashes[row]] = set;
        }

        yield return round;
    }

    // A set that was made for the row which begins the next round.
    private static void Drop(KeptRound round, List<int> set)
    {
        if (set.Count == 0)
        {
            round.Sets.RemoveAll(s => ReferenceEquals(s.Rows, set));
        }
    }

    private ulong[] Hashes(RecordBatch rows)
    {
        ulong[] hashes = new ulong[rows.Length];
        if (_tellsKeysApart)
        {
            Hash.Rows([.. _keys.Select(k => rows[k])], hashes);
        }

        return hashes;
    }

    private static bool IsExact(ColumnInfo column) => column.Type is "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "date" or "uuid" or "binary" or "varbinary"
        || column.Collation is { } collation && (collation.EndsWith("_nopad_bin", StringComparison.Ordinal) || collation.EndsWith("_0900_bin", StringComparison.Ordinal));
}
