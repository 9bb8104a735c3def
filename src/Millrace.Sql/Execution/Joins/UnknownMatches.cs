using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Finds the rows of a mark join that match no row but may match one for all that is known: where a key is null on either
/// side, and nothing else speaks against the pair.
/// </summary>
internal sealed class UnknownMatches(HashJoinNode node, JoinTable table)
{
    private readonly int[] _left = new int[RecordBatch.DefaultRows];
    private readonly int[] _right = new int[RecordBatch.DefaultRows];
    private readonly bool[] _possible = new bool[RecordBatch.DefaultRows];
    private readonly bool[] _equal = new bool[RecordBatch.DefaultRows];
    private int[]? _nullRows;

    /// <param name="rows">Left rows.</param>
    /// <param name="leftKeys">Their key columns.</param>
    /// <param name="matched">Rows that have a match.</param>
    /// <param name="unknown">Is set at rows with an unknown match.</param>
    /// <param name="test">Tests the condition.</param>
    public void Find(RecordBatch rows, ReadOnlySpan<Column> leftKeys, ReadOnlySpan<bool> matched, Span<bool> unknown, PairTest test)
    {
        for (int row = 0; row < matched.Length && table.Count > 0; row++)
        {
            if (matched[row] || unknown[row])
            {
                continue;
            }

            if (HasNull(leftKeys, row))
            {
                // With one key and nothing else, null may be equal to any row.
                unknown[row] = (leftKeys.Length == 1 && !test.HasCondition) || Any(rows, leftKeys, row, table.Count, null, unknown, test);
            }
            else if (table.HasNullKeys)
            {
                _nullRows ??= [.. Enumerable.Range(0, table.Count).Where(r => HasNull(table.Keys, r))];
                unknown[row] = (leftKeys.Length == 1 && !test.HasCondition) || Any(rows, leftKeys, row, _nullRows.Length, _nullRows, unknown, test);
            }
        }
    }

    private bool HasNull(ReadOnlySpan<Column> keys, int row)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            if (!node.Keys[i].NullsMatch && keys[i].IsNull(row))
            {
                return true;
            }
        }

        return false;
    }

    private bool Any(RecordBatch rows, ReadOnlySpan<Column> leftKeys, int row, int count, int[]? candidates, Span<bool> unknown, PairTest test)
    {
        for (int start = 0; start < count; start += _left.Length)
        {
            int block = Math.Min(_left.Length, count - start);
            _left.AsSpan(0, block).Fill(row);
            for (int i = 0; i < block; i++)
            {
                _right[i] = candidates is null ? start + i : candidates[start + i];
            }

            int possible = Possible(leftKeys, block);
            if (possible > 0 && (!test.HasCondition || test.Condition(rows, _left.AsSpan(0, possible), _right.AsSpan(0, possible), unknown) > 0 || unknown[row]))
            {
                return true;
            }
        }

        return false;
    }

    // Pairs in which no key is known to differ.
    private int Possible(ReadOnlySpan<Column> leftKeys, int count)
    {
        Span<bool> possible = _possible.AsSpan(0, count);
        Span<bool> equal = _equal.AsSpan(0, count);
        possible.Fill(true);
        for (int i = 0; i < leftKeys.Length; i++)
        {
            RowEquality.Test(leftKeys.Slice(i, 1), _left.AsSpan(0, count), table.Keys.Slice(i, 1), _right.AsSpan(0, count), equal);
            for (int pair = 0; pair < count; pair++)
            {
                bool isUnknown = !node.Keys[i].NullsMatch && (leftKeys[i].IsNull(_left[pair]) || table.Keys[i].IsNull(_right[pair]));
                possible[pair] &= equal[pair] || isUnknown;
            }
        }

        int kept = 0;
        for (int pair = 0; pair < count; pair++)
        {
            _left[kept] = _left[pair];
            _right[kept] = _right[pair];
            kept += possible[pair] ? 1 : 0;
        }

        return kept;
    }
}
