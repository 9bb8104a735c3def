using System.Buffers;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>Finds values that a run had before, however many there are. What was found since the last commit can be given up.</summary>
internal sealed class UniqueColumns : IDisposable
{
    private readonly AssetColumn[] _columns;
    private readonly string? _folder;
    private readonly int? _tableCapacity;

    // Values whose hashes are not comparable are apart, so that none is lost when a type changes there and back.
    private readonly Dictionary<(string Column, DataType HashedAs), UniqueKeys> _keys = [];
    private readonly SortedSet<string> _retyped = new(StringComparer.Ordinal);
    private Schema _schema = Schema.Empty;
    private Seen[] _seen = [];

    /// <param name="columns">Those that are unique.</param>
    /// <param name="folder">For temporary files; null for that of the system.</param>
    /// <param name="tableCapacity">Slots of a table in memory, a power of two; null for what is usual.</param>
    public UniqueColumns(IEnumerable<AssetColumn> columns, string? folder = null, int? tableCapacity = null)
    {
        _columns = [.. columns];
        _folder = folder;
        _tableCapacity = tableCapacity;
    }

    /// <summary>Columns whose type became one whose values cannot be compared with those before.</summary>
    public IReadOnlyCollection<string> Retyped => _retyped;

    /// <summary>Takes batches of these columns from now on. What was seen stays, whatever became of the other columns.</summary>
    public void Open(Schema schema)
    {
        _schema = schema;
        _seen = [.. _columns.Where(c => schema.IndexOf(c.Name) >= 0).Select(c => SeenOf(c, schema.IndexOf(c.Name)))];
    }

    public RecordBatch Keep(RecordBatch batch, IRowErrorHandler errors, ref BatchOrigin? origin, ContractRun run)
    {
        if (_seen.Length == 0)
        {
            return batch.Share();
        }

        HashSet<int>? bad = null;
        ulong[] hashes = ArrayPool<ulong>.Shared.Rent(batch.Length);
        ulong[] others = ArrayPool<ulong>.Shared.Rent(batch.Length);
        try
        {
            foreach (Seen seen in _seen)
            {
                Column column = batch[seen.Index];
                using Column? plain = Dictionaries.IsEncoded(column, _schema[seen.Index].Type) ? Dictionaries.Decode(column, _schema[seen.Index].Type) : null;
                Hash.Rows(plain ?? column, hashes.AsSpan(0, batch.Length));
                SecondHash.Rows(plain ?? column, others.AsSpan(0, batch.Length));
                bool hasNulls = column.HasNulls;
                for (int row = 0; row < batch.Length; row++)
                {
                    if ((hasNulls && column.IsNull(row)) || seen.Keys.Add(Key128.Of(hashes[row], others[row])))
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
            ArrayPool<ulong>.Shared.Return(others);
        }

        if (bad is null)
        {
            return batch.Share();
        }

        int[] kept = [.. Enumerable.Range(0, batch.Length).Where(r => !bad.Contains(r))];
        origin = origin?.Keep(kept);
        return Take.Rows(batch, kept);
    }

    /// <summary>The rows so far are committed.</summary>
    public void Commit()
    {
        foreach (UniqueKeys keys in _keys.Values)
        {
            keys.Commit();
        }
    }

    /// <summary>Rows since the last commit come again.</summary>
    public void Abort()
    {
        foreach (UniqueKeys keys in _keys.Values)
        {
            keys.Abort();
        }
    }

    public void Dispose()
    {
        foreach (UniqueKeys keys in _keys.Values)
        {
            keys.Dispose();
        }

        _keys.Clear();
        _seen = [];
    }

    private Seen SeenOf(AssetColumn column, int index)
    {
        (string, DataType) key = (column.Name, HashedAs.Of(_schema[index].Type));
        if (!_keys.TryGetValue(key, out UniqueKeys? keys))
        {
            if (_keys.Keys.Any(k => k.Column == column.Name))
            {
                _retyped.Add(column.Name);
            }

            _keys.Add(key, keys = _tableCapacity is { } capacity ? UniqueKeys.Open(_folder, capacity) : UniqueKeys.Open(_folder));
        }

        return new Seen(column, index, keys);
    }

    private void Report(RecordBatch batch, int row, Seen seen, IRowErrorHandler errors, BatchOrigin? origin)
    {
        string value = seen.Column.IsShowable ? ContractMessages.Shown(batch[seen.Index], row) : "the value";
        errors.OnRowError(new RowError(
            ContractErrors.UniqueCode,
            $"The rule '{seen.Rule}' is broken: {value} was in an earlier row of the run.",
            (origin?.PlaceOf(row) ?? new ErrorPlace()) with { Field = seen.Column.Name },
            JsonRow.Of(_schema, [.. batch.Columns], row))
        {
            Stage = RowStage.Contract,
            Form = RawForm.Json,
            Context = JsonRowPlan.ContextOf(_schema),
        });
    }

    private sealed class Seen(AssetColumn column, int index, UniqueKeys keys)
    {
        public AssetColumn Column => column;

        public int Index => index;

        public UniqueKeys Keys => keys;

        public string Rule { get; } = $"{column.Name}.unique";
    }
}
