using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// The rows that keys have in the end: the last staged one, with the values that were not sent filled in, from the staged row before, else
/// from the table. A row that went to another key has them from the deleted row right before it, which names the same columns.
/// </summary>
internal sealed class FinalRows : IDisposable
{
    private readonly MergeTarget _target;
    private readonly MergeRules _rules;
    private readonly KeyedRows _rows;
    private readonly OldRows _old;
    private readonly IReadOnlySet<string> _absent;
    private readonly DateTimeOffset _now;
    private readonly RecordBatch[] _stored;

    /// <param name="target">The table.</param>
    /// <param name="rules">How rows are merged.</param>
    /// <param name="rows">The staged rows.</param>
    /// <param name="old">What the table has for their keys.</param>
    /// <param name="absent">Columns of the table that the rows lack, and which keep their values.</param>
    /// <param name="now">Since when new versions hold.</param>
    public FinalRows(MergeTarget target, MergeRules rules, KeyedRows rows, OldRows old, IReadOnlySet<string> absent, DateTimeOffset now)
    {
        _target = target;
        _rules = rules;
        _rows = rows;
        _old = old;
        _absent = absent;
        _now = now;
        int[] columns = [.. Enumerable.Range(0, target.Columns.Count)];
        _stored = [.. rows.Rows.Batches.Select(b => b.Select(columns))];
    }

    /// <summary>The rows of some keys, with the columns of the table; the caller owns them.</summary>
    public RecordBatch Of(ReadOnlySpan<int> groups)
    {
        int[] last = new int[groups.Length];
        int[] batchOf = new int[groups.Length];
        int[] rowOf = new int[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            last[i] = _rows.Last[groups[i]];
            batchOf[i] = _rows.BatchOf[last[i]];
            rowOf[i] = _rows.RowOf[last[i]];
        }

        RecordBatch sent = Gather.Rows(_stored, batchOf, rowOf);
        if (_absent.Count == 0 && _rows.LeftOut.Count == 0 && _rules.Added.Count == 0)
        {
            return sent;
        }

        using (sent)
        {
            var columns = new List<Column>(sent.Schema.Count);
            try
            {
                for (int c = 0; c < sent.Schema.Count; c++)
                {
                    columns.Add(ColumnOf(sent, c, last, batchOf, rowOf));
                }

                return new RecordBatch(sent.Schema, sent.Length, [.. columns]);
            }
            catch
            {
                columns.ForEach(x => x.Dispose());
                throw;
            }
        }
    }

    public void Dispose() => Array.ForEach(_stored, b => b.Dispose());

    private Column ColumnOf(RecordBatch sent, int column, int[] last, int[] batchOf, int[] rowOf)
    {
        Field field = sent.Schema[column];
        bool isAdded = _rules.Added.Any(a => a.Name == field.Name);
        object? value = !isAdded ? null : field.Name switch
        {
            HistoryColumns.ValidFrom => Altered.Micros(_now),
            HistoryColumns.IsCurrent => true,
            _ => null,
        };
        return isAdded ? ColumnValue.Repeat(field.Type, value, sent.Length)
            : _absent.Contains(field.Name) || _rows.LeftOut.Contains(field.Name) ? Filled(column, field, last, batchOf, rowOf)
            : sent[column].Share();
    }

    private Column Filled(int column, Field field, int[] last, int[] batchOf, int[] rowOf)
    {
        var sources = new List<RecordBatch>();
        try
        {
            sources.AddRange(_stored.Select(b => b.Select([column])));
            sources.AddRange(_old.Batches.Select(b => Renamed(b, field.Name, sources[0].Schema)));
            using Column none = ColumnValue.Nulls(field.Type, 1);
            sources.Add(new RecordBatch(sources[0].Schema, 1, none.Share()));
            int[] fromBatch = [.. batchOf];
            int[] fromRow = [.. rowOf];
            bool isAbsent = _absent.Contains(field.Name);
            for (int i = 0; i < last.Length; i++)
            {
                int at = isAbsent ? -1 : last[i];
                int group = _rows.Keys.GroupOf[last[i]];
                if (!isAbsent && (!_rows.LeavesOut(at, field.Name) || Walk(ref at, ref group, field.Name)))
                {
                    (fromBatch[i], fromRow[i]) = (_rows.BatchOf[at], _rows.RowOf[at]);
                }
                else if (_old.Find(group) is { } found)
                {
                    (fromBatch[i], fromRow[i]) = (_stored.Length + found.Batch, found.Row);
                }
                else if (!isAbsent)
                {
                    (fromBatch[i], fromRow[i]) = (sources.Count - 1, 0);
                }
            }

            using RecordBatch filled = Gather.Rows(sources, fromBatch, fromRow);
            return filled[0].Share();
        }
        finally
        {
            sources.ForEach(s => s.Dispose());
        }
    }

    // Back to the staged row that has the value; false when only the table can have it, under the key that is left in the group.
    private bool Walk(ref int at, ref int group, string column)
    {
        int[] previous = _rows.Previous!;
        while (_rows.LeavesOut(at, column))
        {
            bool isMoved = at > 0 && _rows.IsDeleted(at - 1) && _rows.LeavesOut(at - 1);
            int before = previous[isMoved ? at - 1 : at];
            group = _rows.Keys.GroupOf[isMoved ? at - 1 : at];
            while (before >= 0 && _rows.IsDeleted(before))
            {
                before = previous[before];
            }

            if (before < 0)
            {
                return false;
            }

            at = before;
        }

        return true;
    }

    private static RecordBatch Renamed(RecordBatch old, string name, Schema schema)
        => new(schema, old.Length, old[old.Schema.Require(name)].Share());
}
