using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Remembers rows, to tell those that were not there before. Null equals null. Any lane may ask.</summary>
/// <param name="schema">Of the rows.</param>
/// <param name="memory">Where the bytes are taken.</param>
internal sealed class SeenRows(Schema schema, MemoryBudget memory) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly GroupTable _table = GroupTable.Create([.. schema.Fields.Select(f => f.Type)]);
    private readonly Reservation _reservation = new(memory);
    private bool _any;

    /// <summary>Numbers of the rows that were not seen before, each value once.</summary>
    public int[] FirstRows(RecordBatch rows)
    {
        if (schema.Count == 0)
        {
            // Without columns all rows are equal.
            bool first = !_any && rows.Length > 0;
            _any |= first;
            return first ? [0] : [];
        }

        lock (_lock)
        {
            var groups = new int[rows.Length];
            int known = _table.Count;
            _table.Find([.. rows.Columns], rows.Length, groups);
            if (!_reservation.TryHold(_table.ByteSize))
            {
                throw SpillErrors.MemoryExhausted("The rows that are told apart", memory.Limit);
            }

            var first = new List<int>();
            for (int row = 0; row < groups.Length; row++)
            {
                // Groups are numbered as they appear.
                if (groups[row] == known)
                {
                    first.Add(row);
                    known++;
                }
            }

            return [.. first];
        }
    }

    /// <summary>The rows that were not seen before; null if all were. The caller owns them.</summary>
    public RecordBatch? New(RecordBatch rows)
    {
        int[] first = FirstRows(rows);
        return first.Length == 0 ? null : first.Length == rows.Length ? rows.Share() : Take.Rows(rows, first);
    }

    public void Dispose()
    {
        _table.Dispose();
        _reservation.Dispose();
    }
}
