using System.Buffers;
using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// Finds values that a run had before. Values are known by hashes of 64 bits. Two tables a column take turns: when one is full
/// the older is emptied, so that memory is bounded and the last <see cref="MaxValues"/> values, at least, are known.
/// </summary>
internal sealed class UniqueColumns(Schema schema, IEnumerable<AssetColumn> columns) : IDisposable
{
    // 8 MiB a table.
    private const int Capacity = 1 << 20;

    private readonly Seen[] _seen = [.. columns.Select(c => new Seen(c, schema.IndexOf(c.Name)))];

    /// <summary>Different values that are known for certain.</summary>
    public static int MaxValues => Capacity / 4 * 3;

    public RecordBatch Keep(RecordBatch batch, IRowErrorHandler errors, ErrorPlace? origin, ContractRun run)
    {
        HashSet<int>? bad = null;
        ulong[] hashes = ArrayPool<ulong>.Shared.Rent(batch.Length);
        try
        {
            foreach (Seen seen in _seen)
            {
                Column column = batch[seen.Index];
                Hash.Rows(column, hashes.AsSpan(0, batch.Length));
                bool hasNulls = column.HasNulls;
                for (int row = 0; row < batch.Length; row++)
                {
                    if ((hasNulls && column.IsNull(row)) || seen.Add(hashes[row]))
                    {
                        continue;
                    }

                    run.Count(seen.Rule);
                    if (!run.OnlyCounts && (bad ??= []).Add(row))
                    {
                        Report(batch, row, seen, errors, origin);
                    }
                }
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(hashes);
        }

        if (bad is null)
        {
            return batch.Share();
        }

        return Take.Rows(batch, [.. Enumerable.Range(0, batch.Length).Where(r => !bad.Contains(r))]);
    }

    public void Clear()
    {
        foreach (Seen seen in _seen)
        {
            seen.Clear();
        }
    }

    public IEnumerable<string> Notes() => _seen.Where(s => s.HasForgotten).Select(s => string.Create(
        CultureInfo.InvariantCulture,
        $"'{s.Rule}' was checked against the last {MaxValues} different values at least, not against all of the run"));

    public void Dispose()
    {
        foreach (Seen seen in _seen)
        {
            seen.Dispose();
        }
    }

    private void Report(RecordBatch batch, int row, Seen seen, IRowErrorHandler errors, ErrorPlace? origin)
    {
        string value = seen.Column.IsShowable ? ContractMessages.Shown(batch[seen.Index], row) : "the value";
        errors.OnRowError(new RowError(
            ContractErrors.UniqueCode,
            $"The rule '{seen.Rule}' is broken: {value} was in an earlier row of the run.",
            (origin ?? new ErrorPlace()) with { Field = seen.Column.Name, Row = null },
            JsonRow.Of(schema, [.. batch.Columns], row))
        {
            Stage = RowStage.Contract,
            Form = RawForm.Json,
            Context = JsonRowPlan.ContextOf(schema),
        });
    }

    private sealed class Seen(AssetColumn column, int index) : IDisposable
    {
        private HashTable _young = new(Capacity);
        private HashTable? _old;

        public AssetColumn Column => column;

        public int Index => index;

        public string Rule { get; } = $"{column.Name}.unique";

        public bool HasForgotten { get; private set; }

        public bool Add(ulong hash)
        {
            if (_old?.Contains(hash) == true || !_young.Add(hash))
            {
                return false;
            }

            if (_young.IsFull)
            {
                HasForgotten |= _old is not null;
                HashTable spare = _old ?? new HashTable(Capacity);
                _old = _young;
                spare.Clear();
                _young = spare;
            }

            return true;
        }

        public void Clear()
        {
            _young.Clear();
            _old?.Clear();
        }

        public void Dispose()
        {
            _young.Dispose();
            _old?.Dispose();
        }
    }
}
