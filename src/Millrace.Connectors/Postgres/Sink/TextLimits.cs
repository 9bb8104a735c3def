using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Columns of texts of limited length that lose their limit with the first value that is longer. Rows do not say how long their
/// texts are, so that only the values can.
/// </summary>
/// <param name="path">The way of the rows.</param>
internal sealed class TextLimits(RowPath path)
{
    // What the server keeps in a column's modifier is more by the length of a header.
    private const int Header = 4;

    private readonly List<(int Place, TargetColumn Column, int Most)> _limits =
    [
        .. path.Columns.Copied.Index()
            .Where(c => c.Item.Info.TypeText.StartsWith("character varying(", StringComparison.Ordinal) && c.Item.Info.Modifier > Header)
            .Select(c => (c.Index, c.Item, c.Item.Info.Modifier - Header)),
    ];

    private readonly HashSet<int> _lifted = [];
    private readonly HashSet<int> _liftedOpen = [];

    /// <summary>The statements that lift the limits which rows exceed; null for none. They are taken for run.</summary>
    /// <param name="rows">As they are sent.</param>
    public string? Exceeded(RecordBatch rows)
    {
        if (_lifted.Count + _liftedOpen.Count == _limits.Count)
        {
            return null;
        }

        var statements = new List<string>();
        foreach ((int place, TargetColumn column, int most) in _limits)
        {
            if (!_lifted.Contains(place) && !_liftedOpen.Contains(place) && rows[place] is BinaryColumn texts && IsLonger(texts, most))
            {
                _liftedOpen.Add(place);
                statements.Add($"ALTER TABLE {path.Table.Sql} ALTER COLUMN {column.Sql} TYPE varchar");
            }
        }

        return statements.Count == 0 ? null : string.Join("; ", statements);
    }

    /// <summary>The transaction was committed.</summary>
    public void Commit()
    {
        _lifted.UnionWith(_liftedOpen);
        _liftedOpen.Clear();
    }

    /// <summary>The transaction was given up, and the limits are back.</summary>
    public void Abort() => _liftedOpen.Clear();

    // The server counts characters, none of which has less than a byte.
    private static bool IsLonger(BinaryColumn texts, int most)
    {
        ReadOnlySpan<int> offsets = texts.Offsets;
        ReadOnlySpan<byte> data = texts.Data;
        for (int row = 0; row < texts.Length; row++)
        {
            if (offsets[row + 1] - offsets[row] > most && texts.Validity[row] && CharactersOf(data[offsets[row]..offsets[row + 1]]) > most)
            {
                return true;
            }
        }

        return false;
    }

    // All bytes but those that go on with a character.
    private static int CharactersOf(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte b in text)
        {
            count += (b & 0xc0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}
