using System.Collections.Concurrent;
using System.Security.Cryptography;
using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Rows that are deleted by the values of some columns (specification, "Equality Delete Files"). A file of deletes is read once for all
/// data files that it is for. Any thread may ask; disposed when the scan has ended.
/// </summary>
internal sealed class EqualityDeletes(TableFiles files, TableMetadata table, TableSchema schema, NameMapping mapping) : IDisposable
{
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly ConcurrentDictionary<string, Lazy<Task<DeletedKeys>>> _read = new(StringComparer.Ordinal);

    /// <summary>The keys in some files.</summary>
    public async ValueTask<List<DeletedKeys>> OfAsync(IReadOnlyList<DataFile> deletes, CancellationToken cancellation)
    {
        var all = new List<DeletedKeys>(deletes.Count);
        foreach (DataFile file in deletes)
        {
            all.Add(await _read.GetOrAdd(file.Path, _ => new(() => ReadAsync(file, cancellation))).Value.ConfigureAwait(false));
        }

        return all;
    }

    public void Dispose()
    {
        foreach (Lazy<Task<DeletedKeys>> read in _read.Values)
        {
            if (read is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                read.Value.Result.Dispose();
            }
        }
    }

    /// <summary>The column of an id in the schema that is read, or the newest that has it: deletes may be on a column that is dropped by now.</summary>
    public IcebergField FieldOf(int id)
        => schema.Find(id) ?? table.Schemas.Reverse().Select(s => s.Find(id)).FirstOrDefault(f => f is not null)
            ?? throw IcebergErrors.Unsupported($"A file of deletes is about the column with id {id}, which no schema of the table has");

    private async Task<DeletedKeys> ReadAsync(DataFile file, CancellationToken cancellation)
    {
        if (file.EqualityIds.Count == 0)
        {
            throw IcebergErrors.Unsupported($"The file of equality deletes '{file.Path}' does not tell its columns");
        }

        IcebergField[] fields = [.. file.EqualityIds.Select(FieldOf)];
        var batches = new List<RecordBatch>();
        try
        {
            ParquetInput input = await ParquetInput.OpenAsync(files, file, mapping, cancellation).ConfigureAwait(false);
            await using (input.ConfigureAwait(false))
            {
                var columns = new Schema(fields.Select(f => Wanted(input, f)));
                IBatchReader reader = input.Read(new FileReadRequest { Columns = columns, Range = FileRange.Whole(input.Length) });
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
                    {
                        batches.Add(batch);
                    }
                }
            }

            return new DeletedKeys(fields, batches.Count == 0 ? null : Concat.Batches(batches), _seed);
        }
        finally
        {
            batches.ForEach(b => b.Dispose());
        }
    }

    private static Field Wanted(ParquetInput input, IcebergField field)
        => field.Type is IcebergPrimitive && input.Columns.Find(field.Id) is { } found
            ? found.WithType(TypeMapping.ToColumnType(field.Type))
            : throw IcebergErrors.Unsupported($"The file of deletes '{input.Name}' compares the column '{field.Name}', which it lacks or which is nested");
}

/// <summary>The keys of one file of deletes. Read by several threads at once.</summary>
internal sealed class DeletedKeys : IDisposable
{
    private readonly RecordBatch? _keys;
    private readonly ulong _seed;
    private readonly Dictionary<ulong, List<int>> _rows = [];

    /// <param name="fields">The columns that are compared.</param>
    /// <param name="keys">Their values, taken over; null for none.</param>
    /// <param name="seed">Seed of the hashes.</param>
    public DeletedKeys(IReadOnlyList<IcebergField> fields, RecordBatch? keys, ulong seed)
    {
        Fields = fields;
        _keys = keys;
        _seed = seed;
        if (keys is null)
        {
            return;
        }

        ulong[] hashes = new ulong[keys.Length];
        Hash.Rows([.. keys.Columns], hashes, seed);
        for (int row = 0; row < hashes.Length; row++)
        {
            if (!_rows.TryGetValue(hashes[row], out List<int>? rows))
            {
                _rows.Add(hashes[row], rows = new List<int>(1));
            }

            rows.Add(row);
        }
    }

    public IReadOnlyList<IcebergField> Fields { get; }

    /// <summary>Marks the rows whose values are among the keys.</summary>
    /// <param name="columns">The compared columns, in the order of <see cref="Fields"/>.</param>
    /// <param name="deleted">A mark per row; marks that are set stay.</param>
    public void Mark(Column[] columns, Span<bool> deleted)
    {
        if (_keys is null)
        {
            return;
        }

        ulong[] hashes = new ulong[deleted.Length];
        Hash.Rows(columns, hashes, _seed);
        var left = new List<int>();
        var right = new List<int>();
        for (int row = 0; row < hashes.Length; row++)
        {
            if (!deleted[row] && _rows.TryGetValue(hashes[row], out List<int>? candidates))
            {
                foreach (int candidate in candidates)
                {
                    left.Add(row);
                    right.Add(candidate);
                }
            }
        }

        bool[] equal = new bool[left.Count];
        RowEquality.Test(columns, left.ToArray(), [.. _keys.Columns], right.ToArray(), equal);
        for (int i = 0; i < equal.Length; i++)
        {
            deleted[left[i]] |= equal[i];
        }
    }

    public void Dispose() => _keys?.Dispose();
}
