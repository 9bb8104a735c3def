using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Makes the faults of rows that are computed again and again known once: those that the computation before had too are not
/// reported. One computation at a time.
/// </summary>
internal sealed class FaultMemory
{
    private Dictionary<Fault, int> _before = [];
    private Dictionary<Fault, int> _now = [];

    /// <summary>A context for the next computation.</summary>
    /// <param name="context">Whom faults are told.</param>
    /// <param name="silent">Whether they are only remembered.</param>
    public QueryContext Begin(QueryContext context, bool silent)
    {
        (_before, _now) = (_now, _before);
        _now.Clear();
        return context.OnRowFaults is not { } handler ? context : context with
        {
            OnRowFaults = (rows, faults) =>
            {
                RowFault[] fresh = [.. faults.Where(f => IsNew(rows, f))];
                if (fresh.Length > 0 && !silent)
                {
                    handler(rows, fresh);
                }
            },
        };
    }

    private bool IsNew(RecordBatch rows, RowFault fault)
    {
        Span<ulong> hash = [0];
        if (rows.Schema.Count > 0)
        {
            using RecordBatch row = rows.Slice(fault.Row, 1);
            Hash.Rows([.. row.Columns], hash);
        }

        var key = new Fault(hash[0], fault.Code, fault.Message, fault.Span);
        lock (_now)
        {
            int count = _now[key] = _now.GetValueOrDefault(key) + 1;
            return count > _before.GetValueOrDefault(key);
        }
    }

    private readonly record struct Fault(ulong Row, ErrorCode Code, string Message, TextSpan Span);
}
